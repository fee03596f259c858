import type { Account } from '@ravi/accounts';
import { servedAlone } from '../../../../../test/support/served-alone.ts';
import type { ProviderAttempt } from '../provider-attempt.ts';
import type { Finished } from '../provider-sign-in.ts';
import type { ShownFailure } from './sign-in-failure-page.ts';
import { finishProviderSignIn } from './sign-in-at-provider.ts';

const ada = { id: 7, email: 'ada@example.com' } as Account;
const nowMs = 1_800_000_000_000;

/** What becomes of the sessions of a browser as its person comes back from the provider, signed in there at this time. */
async function comeBack(
  authenticatedAtMs: number | undefined,
  { again = false, signedIn = null }: { again?: boolean; signedIn?: { account: Account } | null } = {},
) {
  const done: unknown[] = [];
  const attempt = { session: '', again, userCode: '', next: '', state: 'a state' } as ProviderAttempt;
  const finished: Finished = { kind: 'signedIn', account: ada, authenticatedAtMs };
  const run = finishProviderSignIn({
    cookies: { get: () => 'a ticket', set: () => undefined },
    clock: { nowMs: () => nowMs },
    providerSignIn: {
      find: () => ({ config: { id: 'one', label: 'One' } }),
      recall: () => attempt,
      finish: async () => finished,
    },
    sessions: {
      read: async () => signedIn,
      open: async (_ctx: unknown, account: Account, method: object) =>
        done.push(['open', account.id, method]),
      renew: async (_ctx: unknown, _session: unknown, method: object) => done.push(['renew', method]),
    },
  } as unknown as Parameters<typeof finishProviderSignIn>[0]);
  await servedAlone(run, { url: '/signin/one/callback?state=a+state', params: { provider: 'one' } });
  return done;
}

/** What the callback of an attempt to link a provider answers where that fails so. */
function linkingFails(failure: ShownFailure) {
  const attempt = { session: 'first', userCode: '', state: 'a state' } as ProviderAttempt;
  const run = finishProviderSignIn({
    cookies: { get: () => 'a ticket', set: () => undefined },
    providerSignIn: {
      find: () => ({ config: { id: 'one', label: 'One' } }),
      recall: () => attempt,
      prove: async () => ({ kind: 'proven', person: {} }),
    },
    sessions: { read: async () => ({ account: ada, firstId: 'first' }) },
    linkedProviders: { link: async () => failure },
  } as unknown as Parameters<typeof finishProviderSignIn>[0]);
  return servedAlone(run, { url: '/signin/one/callback?state=a+state', params: { provider: 'one' } });
}

const opened = (atMs: number) => [['open', 7, { by: 'provider', factor: null, atMs }]];

test('a session is as old as the proof at the provider: whoever sits at a browser that is signed in there proves nothing anew', async () => {
  expect(await comeBack(nowMs - 3_600_000)).toEqual(opened(nowMs - 3_600_000));
  // A provider that does not say, or whose clock is ahead.
  expect(await comeBack(undefined)).toEqual(opened(nowMs));
  expect(await comeBack(nowMs + 60_000)).toEqual(opened(nowMs));
});

test('the session of who proved again who they are goes on; another person, or one who was not asked, gets another', async () => {
  const again = { again: true, signedIn: { account: ada } };
  expect(await comeBack(nowMs - 1_000, again)).toEqual([['renew', { by: 'provider', factor: null }]]);
  for (const other of [
    { ...again, again: false },
    { ...again, signedIn: null },
    { ...again, signedIn: { account: { ...ada, id: 8 } } },
  ])
    expect(await comeBack(nowMs - 1_000, other)).toEqual(opened(nowMs - 1_000));
});

test.each<[ShownFailure, number, string | undefined]>([
  ['linkBusy', 503, '5'],
  ['linkedElsewhere', 409, undefined],
  ['tooManyLinks', 409, undefined],
])(
  'a provider that cannot be linked, %s, is answered %i; what passes by itself says when to try again',
  async (failure, status, retryAfter) => {
    const answer = await linkingFails(failure);
    expect([answer.status, answer.header('Retry-After')]).toEqual([status, retryAfter]);
  },
);
