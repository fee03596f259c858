import type { Grant, GrantStore, StoredGrant } from '@ravi/credentials';
import type { Minting, Refreshment } from '../tokens/minting.ts';
import { bindAnswer, withExpiry } from './oauth-answer.ts';

test('expires_in is what is left of the token, and never less than nothing', () => {
  const answer = '{"access_token":"a","token_type":"Bearer","refresh_token":"r","scope":"account"}';
  const left = (nowMs: number) =>
    (JSON.parse(withExpiry({ answer, accessExpiresAtMs: 3_600_000 }, nowMs)) as { expires_in: number })
      .expires_in;
  expect([0, 1, 600_000, 3_600_000, 9_000_000].map(left)).toEqual([3600, 3599, 3000, 0, 0]);
});

/** Binds the tokens of a login to a key at 100 s. `stored` is its grant by then; null where it was never handed over. */
async function bind(
  stored: Pick<StoredGrant, 'refreshJti' | 'refreshedAtMs'> | null,
  refreshment: Refreshment | { kind: 'ended' } = {
    kind: 'refreshed',
    tokens: { access: 'b', refresh: 's', accessExpiresAtMs: 160_000, keyThumbprint: 'key', scope: 'account' },
  },
) {
  const asked: unknown[] = [];
  const minting = {
    refresh: async (...args: unknown[]) => {
      asked.push(args);
      return refreshment;
    },
  } as unknown as Minting;
  const grants = { find: async () => stored } as unknown as GrantStore;
  const grant = { id: 'grant', refreshJti: 'first' } as Grant;
  const answer = '{"access_token":"a","refresh_token":"r"}';
  const bound = await bindAnswer(
    minting,
    grants,
    { grant, keys: [], accessExpiresAtMs: 0, answer },
    'key',
    100_000,
  );
  return { bound: bound === null ? null : (JSON.parse(bound) as unknown), asked };
}

test('tokens are refreshed into bound ones as the first refresh of their login would be', async () => {
  const { bound, asked } = await bind(null);
  expect(bound).toEqual({
    access_token: 'b',
    token_type: 'DPoP',
    expires_in: 60,
    refresh_token: 's',
    scope: 'account',
  });
  expect(asked).toEqual([['r', { grant_id: 'grant', jti: 'first', seq: 1 }, { keyThumbprint: 'key' }]]);
});

test('a client whose bound tokens were lost on their way gets the same again for eight seconds; later, and of a login that has ended, nothing', async () => {
  const refreshed = (refreshedAtMs: number | null) => ({ refreshJti: 'second', refreshedAtMs });
  expect((await bind(refreshed(92_000))).bound).not.toBeNull();
  for (const tooLate of [91_999, null]) {
    const { bound, asked } = await bind(refreshed(tooLate));
    // No refresh is asked for: it would count as reuse, and end the login.
    expect([bound, asked]).toEqual([null, []]);
  }
  // Written, and not refreshed since, however long ago.
  expect((await bind({ refreshJti: 'first', refreshedAtMs: null })).bound).not.toBeNull();
  expect((await bind(null, { kind: 'ended' })).bound).toBeNull();
});
