// An agent that logs in once, keeps its login in a file, and calls an API. Run it again: it asks nobody.
//     node --conditions=ravi-source examples/agent/main.ts http://localhost:3000 ./agent-login.json
import { deviceLogin, fileStore, openSession } from '@ravi/client';

const [server = 'http://localhost:3000', path = './agent-login.json'] = process.argv.slice(2);
const store = fileStore(path);
const session =
  (await openSession({ server, store })) ??
  (await deviceLogin({
    server,
    store,
    clientName: 'Example agent',
    onCode: ({ userCode, verificationUri, verificationNumber, qr }) => {
      console.log(`${qr ?? ''}\nOpen ${verificationUri} and enter ${userCode}`);
      if (verificationNumber !== null)
        console.log(`If the page asks for a number, it is ${verificationNumber}.`);
    },
    onProgress: (progress) => {
      if (progress.kind === 'away') console.log(`${progress.reason}; trying again.`);
    },
  }));
const answer = await session.fetch(`${server}/api/auth/user/`);
console.log(`I act for: ${await answer.text()}`);
