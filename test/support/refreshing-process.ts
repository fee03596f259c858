// A process of a program that refreshes the login of a store as fast as it can, from its first line of input to the end of it. Prints
// "ready", a digest of every refresh token when it sends it, and in the end how often it asked for a new token, each on a line.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileStore, openSession } from '@ravi/client';

const [server = '', path = ''] = process.argv.slice(2);
const say = (line: string | number) => process.stdout.write(`${line}\n`);

const noting: typeof fetch = (input, init) => {
  const body = typeof init?.body === 'string' ? init.body : '';
  const token = /"refresh":"([^"]+)"/.exec(body)?.[1];
  if (token !== undefined) say(createHash('sha256').update(token).digest('base64url'));
  return fetch(input, init);
};

const session = await openSession({ server, store: fileStore(path), fetch: noting });
if (!session) throw new Error('There is no login in the store.');
say('ready');
await once(process.stdin, 'data');
const over = new AbortController();
process.stdin.resume().once('end', () => over.abort());
let refreshes = 0;
while (!over.signal.aborted) {
  await session.refresh();
  refreshes++;
}
say(refreshes);
