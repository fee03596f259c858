import type { Account } from '@ravi/accounts';
import { NotReplicated } from '@ravi/redis';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import type { OidcProvider, Profile, Proof } from './oidc-provider.ts';
import { ProviderSignIn, type ProviderSignInDeps } from './provider-sign-in.ts';

const ada = { id: 7, email: 'ada@example.com', blocked: false, hasSecondFactor: false } as Account;
const origin = { address: '192.0.2.1', requestId: 'a request' };
const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));

/** What is known here and there, and what was done, in order. */
let known: Account | null;
let profile: () => Promise<Profile>;
let proof: Proof | null;
let created: readonly ('created' | 'emailTaken' | 'busy')[];
let takenOver: Account | null;
let gaveUp: boolean;
let reachable: boolean;
let lost: boolean;
let done: string[];
/** For whom a return was counted. */
let counted: Set<string>;
/** Whose account was taken over. */
let takenBy: object[];
/** Of the sign-ins and sign-ups that were noted: the provider. */
let through: unknown[];
/** Of the failures that were noted: whose account it was. */
let failedOf: unknown[];
/** What is told of an event. */
interface Noted {
  readonly event: string;
  readonly reason?: string;
  readonly user?: number;
  readonly provider?: string;
}
let nowMs: number;
beforeEach(() => {
  profile = async () => ({ verifiedEmail: ada.email, firstName: 'Ada', lastName: 'King' });
  [known, proof, created, takenOver, gaveUp, reachable, lost] = [
    null,
    null,
    ['created'],
    null,
    false,
    true,
    false,
  ];
  [done, nowMs] = [[], 1_800_000_000_000];
  [counted, takenBy, through, failedOf] = [new Set(), [], [], []];
});

const provider = {
  config: { id: 'corp', label: 'Corp', mark: null },
  authorizationUrl: async () => {
    if (!reachable) throw new TypeError('fetch failed', { cause: new Error('no network') });
    return new URL('https://corp.example/authorize');
  },
  prove: async (): Promise<Proof> =>
    proof ?? {
      kind: 'proven',
      person: {
        issuer: 'https://corp.example',
        subject: 'ada',
        authenticatedAtMs: 5,
        profile: () => profile(),
      },
    },
} as unknown as OidcProvider;
const other = { config: { id: 'other', label: 'Other', mark: null } } as unknown as OidcProvider;

function people(): ProviderSignIn {
  const outcomes = [...created];
  const spent = new Set<string>();
  return new ProviderSignIn({
    providers: [provider, other],
    accountStore: {
      replicated: async (id: number) => {
        done.push(`replicated ${id}`);
        if (lost) throw new NotReplicated();
      },
    },
    linkedAccounts: {
      find: async () => known,
      create: async (_who: object, { emailVerified }: { emailVerified: boolean }) => {
        const kind = outcomes.shift();
        done.push(`${kind} (${emailVerified ? 'proven' : 'not proven'})`);
        return kind === 'created' ? { kind, account: ada } : { kind };
      },
      takeOver: async (_who: object, person: object) => {
        takenBy.push(person);
        return takenOver;
      },
    },
    emailMoves: { free: async () => gaveUp },
    limits: {
      admitProviderSignIn: async (from: string) => {
        done.push('admitted');
        counted.add(from);
      },
    },
    redis: {
      set: async (key: string) => {
        if (spent.has(key)) return null;
        spent.add(key);
        return 'OK';
      },
    },
    keys,
    clock: { nowMs: () => nowMs },
    logger: {
      info: ({ first }: { first: boolean }) => void done.push(first ? 'logged, first' : 'logged'),
      warn: () => void done.push('warned'),
    },
    audit: {
      note: ({ event, reason, user, provider: at }: Noted) => {
        if (event === 'sign_in_failed') failedOf.push(user ?? 'nobody known');
        else through.push(at);
        done.push(
          [event, reason, event === 'sign_in_failed' ? at : user]
            .filter((word) => word !== undefined)
            .join(' '),
        );
      },
    },
    identityEmailDomain: 'agents.test',
  } as unknown as ProviderSignInDeps);
}

async function finish(its = people()) {
  const begun = await its.begin(provider, {}, origin);
  if (begun.kind !== 'begun') throw new Error(begun.failure);
  return its.finish(provider, begun.attempt, '?code=c', origin);
}
const failed = (failure: string) => ({ kind: 'failed', failure });
const noted = (failure: string) => ['warned', `sign_in_failed ${failure} corp`];

test('a person who comes back is let in, and one with a second factor is asked for it first: nothing is noted until then', async () => {
  known = ada;
  expect(await finish()).toEqual({ kind: 'signedIn', account: ada, authenticatedAtMs: 5 });
  expect(done).toEqual(['admitted', 'logged', 'signed_in 7']);
  [known, done] = [{ ...ada, hasSecondFactor: true }, []];
  expect(await finish()).toEqual({ kind: 'secondStep', account: known, authenticatedAtMs: 5 });
  expect(done).toEqual(['admitted']);
  [known, done] = [{ ...ada, blocked: true }, []];
  expect(await finish()).toEqual(failed('blocked'));
  expect(done).toEqual(['admitted', ...noted('blocked')]);
});

test('a person who comes for the first time gets an account, once replicas have it', async () => {
  expect(await finish()).toMatchObject({ kind: 'signedIn', account: ada });
  expect(done).toEqual(['admitted', 'created (proven)', 'logged, first', 'signed_up 7', 'replicated 7']);
  lost = true;
  await expect(finish()).rejects.toBeInstanceOf(NotReplicated);
});

test('an address that its account moved away from is free; one of an account that nobody has proven is taken over; any other is taken', async () => {
  [created, gaveUp] = [['emailTaken', 'created'], true];
  expect(await finish()).toMatchObject({ kind: 'signedIn' });
  expect(done).toContain('signed_up 7');
  [created, gaveUp, takenOver, done] = [['emailTaken'], false, ada, []];
  expect(await finish()).toMatchObject({ kind: 'signedIn', account: ada });
  expect(done.slice(2)).toEqual(['account_taken_over 7', 'logged', 'signed_in 7', 'replicated 7']);
  lost = true;
  await expect(finish()).rejects.toBeInstanceOf(NotReplicated);
  [takenOver, done] = [null, []];
  expect(await finish()).toEqual(failed('emailTaken'));
  expect(done.slice(2)).toEqual(noted('emailTaken'));
  created = ['busy'];
  expect(await finish()).toEqual(failed('busy'));
});

test('nobody gets an account without an address that the provider verified, or whose data it does not tell', async () => {
  profile = async () => ({ verifiedEmail: null, firstName: '', lastName: '' });
  expect(await finish()).toEqual(failed('noEmail'));
  profile = async () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no network') }));
  expect(await finish()).toEqual(failed('providerDown'));
  proof = { kind: 'failed', problem: 'untrusted', reason: 'another nonce' };
  expect(await finish()).toEqual(failed('untrusted'));
  expect(done.filter((word) => /created|signed/.test(word))).toEqual([]);
});

test('an attempt is good once, for ten minutes, in the browser that began it and at its provider', async () => {
  known = ada;
  const its = people();
  const begun = await its.begin(provider, { userCode: 'BCDF-GHJK', next: 'sessions' }, origin);
  if (begun.kind !== 'begun') throw new Error(begun.failure);
  const { attempt } = begun;
  expect(its.recall(provider, attempt.ticket, attempt.state)).toEqual(attempt);
  expect(its.recall(other, attempt.ticket, attempt.state)).toBeNull();
  expect(its.recall(provider, attempt.ticket, 'another state')).toBeNull();
  nowMs += 600_000;
  expect(await its.finish(provider, attempt, '', origin)).toEqual(failed('expired'));
  nowMs -= 1;
  expect(await its.finish(provider, attempt, '', origin)).toMatchObject({ kind: 'signedIn' });
  done = [];
  expect(await its.prove(provider, attempt, '', origin)).toEqual(failed('spent'));
  expect(done).toEqual(['admitted', ...noted('spent')]);
});

test('a provider that cannot be reached fails within the limit, and is told to the operator; those that there are can be chosen', async () => {
  reachable = false;
  expect(await people().begin(provider, {}, origin)).toEqual(failed('providerDown'));
  expect(done).toEqual(['admitted', ...noted('providerDown')]);
  expect(people().choices).toEqual([provider.config, other.config]);
  expect([people().find('other'), people().find('none')]).toEqual([other, undefined]);
});

test('returns count for the address from which they come, whether they let somebody in or not', async () => {
  known = ada;
  await finish();
  [known, reachable] = [null, false];
  await people().begin(provider, {}, origin);
  expect([...counted]).toEqual([origin.address]);
});

test('the log tells through which provider somebody signed up, signed in or took an account over, which gets their names', async () => {
  await finish();
  known = ada;
  await finish();
  [known, created, takenOver] = [null, ['emailTaken'], ada];
  await finish();
  // The last one signed in, too.
  expect(through).toEqual(['corp', 'corp', 'corp', 'corp']);
  expect(takenBy).toEqual([{ email: ada.email, firstName: 'Ada', lastName: 'King' }]);
});

test('the log tells whose account it was where a blocked person comes back, and of nobody where none is known', async () => {
  known = { ...ada, blocked: true };
  expect(await finish()).toEqual(failed('blocked'));
  [known, proof] = [null, { kind: 'failed', problem: 'untrusted', reason: 'another nonce' }];
  expect(await finish()).toEqual(failed('untrusted'));
  expect(failedOf).toEqual([7, 'nobody known']);
});
