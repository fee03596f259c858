import type { StoredApiKey, StoredGrant } from '@ravi/credentials';
import { logOut, type LogOutDeps } from './log-out.ts';

const grant = { id: 'a grant', userId: 7, accountEpoch: '5' } as StoredGrant;
const key = { id: 'a key' } as StoredApiKey;

test('a program that gives up its login, or a key, ends that one alone, and the log tells that it did so itself', async () => {
  const done: unknown[] = [];
  const deps = {
    revocation: {
      endGrant: async (...what: readonly unknown[]) => done.push(['login', ...what]),
      endKey: async (...what: readonly unknown[]) => done.push(['key', ...what]),
    },
    logger: { info: (fields: object, words: string) => void done.push([words, fields]) },
  } as unknown as LogOutDeps;
  const by = { userId: 7, address: '192.0.2.1' };
  const call = { requestId: 'r', address: by.address };
  await logOut(deps, call, { grant, key: null });
  await logOut(deps, call, { grant, key });
  expect(done).toEqual([
    ['login', by, 'a grant', 'logged_out'],
    ['login ended by its program', { grantId: 'a grant', requestId: 'r' }],
    ['key', by, key, '5', 'logged_out'],
    ['API key ended by its program', { keyId: 'a key', requestId: 'r' }],
  ]);
});
