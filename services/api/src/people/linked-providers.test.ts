import type { Account } from '@ravi/accounts';
import { NotReplicated } from '@ravi/redis';
import type { OidcProvider, ProvenSubject } from './oidc-provider.ts';
import { LinkedProviders, type LinkedProvidersDeps } from './linked-providers.ts';

const origin = { address: '192.0.2.1', userAgent: 'a browser', language: 'en' } as const;
const ada = { id: 7, sessionsEpoch: '1', emailVerified: true } as Account;
const provider = { config: { id: 'acme', label: 'Acme' } } as OidcProvider;
const person = {
  issuer: 'https://acme.example',
  subject: 'ada',
  profile: async () => ({ verifiedEmail: 'a@b.example' }),
} as unknown as ProvenSubject;

test('a provider that no replica knows yet is told as linked neither the first time nor when it is linked again; it is noted once', async () => {
  const done: string[] = [];
  let outcome = 'linked';
  const linked = new LinkedProviders({
    linkedAccounts: { link: async () => outcome },
    accountStore: {
      replicated: async () => {
        throw new NotReplicated();
      },
    },
    mails: { notify: (kind: string) => done.push(kind) },
    signInUndo: { note: async () => undefined },
    audit: { note: ({ event }: Readonly<Record<string, unknown>>) => done.push(String(event)) },
    clock: { nowMs: () => 5 },
  } as unknown as LinkedProvidersDeps);
  await expect(linked.link(ada, provider, person, origin)).rejects.toThrow(NotReplicated);
  outcome = 'already';
  await expect(linked.link(ada, provider, person, origin)).rejects.toThrow(NotReplicated);
  expect(done).toEqual(['provider_linked', 'providerLinked']);
});

/** Links of an account, of which a change becomes this, and what was done. */
function links(
  becomes: object | string,
  { embeddedAccounts = true, hasPassword = false, profile = () => person.profile() } = {},
) {
  const done: string[] = [];
  let mayGo: (left: readonly object[]) => boolean = () => false;
  let linked: object = {};
  const epochs: (string | undefined)[] = [];
  const its = new LinkedProviders({
    linkedAccounts: {
      link: async (who: object, _id: number, epoch?: string) => {
        linked = who;
        epochs.push(epoch);
        return becomes;
      },
      links: async () => [
        { id: 'a', provider: 'acme', email: 'a@b.example', linkedAtMs: 1, issuer: 'kept back' },
        { id: 'b', provider: 'gone', email: '', linkedAtMs: 2 },
      ],
      unlink: async (_id: number, _link: string, allows: typeof mayGo, epoch?: string) => {
        mayGo = allows;
        epochs.push(epoch);
        return becomes;
      },
    },
    accountStore: { replicated: async (id: number) => void done.push(`replicated ${id}`) },
    passwordAccounts: { hasPassword: async () => hasPassword },
    embeddedAccounts,
    providers: [provider],
    mails: {
      notify: (kind: string, _of: Account, _at: object, undo: string) => done.push(`${kind} with ${undo}`),
    },
    signInUndo: { note: async () => 'an undo' },
    audit: {
      note: ({ event, provider: through }: Readonly<Record<string, unknown>>) =>
        done.push(`${String(event)} ${String(through)}`),
    },
    clock: { nowMs: () => 5 },
  } as unknown as LinkedProvidersDeps);
  const link = () => its.link(ada, provider, { ...person, profile }, origin);
  const unlink = () => its.unlink(ada, 'a', origin);
  const mayGoBy = (left: readonly object[]) => mayGo(left);
  return { its, link, unlink, done, mayGo: mayGoBy, linked: () => linked, epochs };
}

test('a link is made with the address that the provider verified, or with none where it tells none', async () => {
  const known = links('linked');
  expect(await known.link()).toBeNull();
  expect(known.linked()).toEqual({
    issuer: 'https://acme.example',
    subject: 'ada',
    provider: 'acme',
    email: 'a@b.example',
    atMs: 5,
  });
  expect(known.done).toEqual(['provider_linked acme', 'providerLinked with an undo', 'replicated 7']);
  const none = { verifiedEmail: null, firstName: '', lastName: '' };
  for (const profile of [async () => none, async () => Promise.reject(new Error('it fails'))]) {
    const unknown = links('linked', { profile });
    expect(await unknown.link()).toBeNull();
    expect(unknown.linked()).toMatchObject({ email: '' });
  }
});

test.each([
  ['linkedElsewhere', 'linkedElsewhere'],
  ['full', 'tooManyLinks'],
  ['busy', 'linkBusy'],
  ['unknown', 'otherSession'],
])('whoever is not linked (%s) is told why, and nothing is noted or mailed', async (outcome, failure) => {
  const { link, done } = links(outcome);
  expect([await link(), done]).toEqual([failure, []]);
});

test('a provider is unlinked where another way in is left: a password that counts here, or a provider that is still there', async () => {
  const unlinked = { kind: 'unlinked', link: { provider: 'acme' }, sessionsEpoch: '2' };
  const { unlink, done, mayGo } = links(unlinked);
  expect(await unlink()).toEqual({ kind: 'unlinked', sessionsEpoch: '2' });
  expect(done).toEqual(['provider_unlinked acme', 'providerUnlinked with an undo']);
  expect([[], [{ provider: 'gone' }], [{ provider: 'gone' }, { provider: 'acme' }]].map(mayGo)).toEqual([
    false,
    false,
    true,
  ]);
  for (const embeddedAccounts of [true, false]) {
    const byPassword = links(unlinked, { embeddedAccounts, hasPassword: true });
    await byPassword.unlink();
    expect(byPassword.mayGo([])).toBe(embeddedAccounts);
  }
});

test('what is not unlinked is told apart, and neither noted nor mailed; a link whose provider is gone has its id for a name', async () => {
  for (const [kind, told] of [
    ['gone', 'gone'],
    ['last', 'isLast'],
    ['unknown', 'ended'],
  ]) {
    const { unlink, done } = links({ kind });
    expect([await unlink(), done]).toEqual([{ kind: told }, []]);
  }
  const { its, done } = links('linked');
  expect(await its.read(ada)).toEqual([
    { id: 'a', provider: 'acme', email: 'a@b.example', linkedAtMs: 1, label: 'Acme' },
    { id: 'b', provider: 'gone', email: '', linkedAtMs: 2, label: 'gone' },
  ]);
  await its.replicated(ada);
  expect(done).toEqual(['replicated 7']);
});

test('a session that has ended meanwhile links and unlinks nothing: what it wants counts in its own epoch alone', async () => {
  const { link, unlink, epochs } = links({ kind: 'unknown' });
  await link();
  expect(await unlink()).toEqual({ kind: 'ended' });
  expect(epochs).toEqual([ada.sessionsEpoch, ada.sessionsEpoch]);
});
