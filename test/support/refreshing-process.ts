// A process of a program that refreshes the login of a store as fast as it can, for some seconds from its first line of
// input. Prints "ready", and in the end, as JSON, how often it asked for a new token and a digest of every refresh token that it sent.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileStore, openSession } from '@ravi/client';

const [server = '', path = '', seconds = '0'] = process.argv.slice(2);
const sent: string[] = [];

const noting: typeof fetch = (input, init) => {
  const body = typeof init?.body === 'string' ? init.body : '';
  const token = /"refresh":"([^"]+)"/.exec(body)?.[1];
  if (token !== undefined) sent.push(createHash('sha256').update(token).digest('base64url'));
  return fetch(input, init);
};

const session = await openSession({ server, store: fileStore(path), fetch: noting });
if (!session) throw new Error('There is no login in the store.');
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
const endsAtMs = Date.now() + Number(seconds) * 1_000;
let refreshes = 0;
while (Date.now() < endsAtMs) {
  await session.refresh();
  refreshes++;
}
process.stdout.write(JSON.stringify({ refreshes, sent }));
