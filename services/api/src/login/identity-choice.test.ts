import { type AccountStore, type IdentityStore, maxIdentities } from '@ravi/accounts';
import type { LoginId } from '@ravi/device-login';
import type { ApprovalRequest } from './approval-request.ts';
import { createChosenIdentity, newIdentityUuid, resolveIdentity } from './identity-choice.ts';

/** What an account with these identities makes of a choice. */
function choose(
  identity: ApprovalRequest['identity'],
  its: readonly string[] | null,
  scope: 'account' | 'identity' = 'account',
) {
  const accounts = {
    ownsIdentity: async (userId: number, uuid: string) => userId === 7 && its?.includes(uuid) === true,
    read: async (userId: number) =>
      userId === 7 && its !== null ? { identities: its.map((uuid) => ({ uuid })) } : null,
  } as unknown as AccountStore;
  return resolveIdentity({ identity, keys: { scope, ttlSeconds: null }, number: '' }, 7, accounts);
}

test('an identity is chosen of those that the account has, and no other', async () => {
  expect(await choose({ kind: 'existing', uuid: 'a' }, ['a', 'b'])).toEqual({ kind: 'usable', uuid: 'a' });
  expect(await choose({ kind: 'existing', uuid: 'c' }, ['a', 'b'])).toEqual({ kind: 'unknownIdentity' });
});

test('a new one is made as long as the account has fewer than the maximum', async () => {
  const wanted = { kind: 'new', name: 'Buyer' } as const;
  const many = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);
  expect(await choose(wanted, many(maxIdentities - 1))).toEqual(wanted);
  expect(await choose(wanted, many(maxIdentities))).toEqual({ kind: 'tooManyIdentities' });
});

test('keys for one identity need one: chosen, or the only one that there is', async () => {
  expect(await choose({ kind: 'none' }, ['a', 'b'])).toEqual({ kind: 'usable', uuid: '' });
  expect(await choose({ kind: 'none' }, ['a'], 'identity')).toEqual({ kind: 'usable', uuid: 'a' });
  for (const its of [['a', 'b'], [], null])
    expect(await choose({ kind: 'none' }, its, 'identity')).toEqual({ kind: 'identityNeeded' });
});

test('one approval makes one identity, however often it is sent; those of other logins and people are others', () => {
  const login = 'login' as LoginId;
  const first = newIdentityUuid(login, 1, 7);
  expect(newIdentityUuid(login, 1, 7)).toBe(first);
  const others = [
    newIdentityUuid('another' as LoginId, 1, 7),
    newIdentityUuid(login, 2, 7),
    newIdentityUuid(login, 1, 8),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
});

test('a name that is taken gets the first number that is free, and of an identity that cannot be made nobody is told that it was', async () => {
  const place = { uuid: 'u', domain: 'a.test', nowMs: 0 };
  /**
   * Adds an identity: its attempts meet these outcomes in turn, all further ones the last. Resolves to the names that were tried, and
   * what came of it.
   */
  const create = async (name: string, ...outcomes: readonly string[]) => {
    const tried: (string | undefined)[] = [];
    const add = async (_: number, { name: its }: { readonly name?: string | undefined }) => {
      tried.push(its);
      return { kind: outcomes[tried.length - 1] ?? outcomes.at(-1) };
    };
    const made = createChosenIdentity({ add } as unknown as IdentityStore, 7, name, place);
    return [await made.catch((error: unknown) => error), ...tried];
  };
  const taken = 'nameTaken';
  expect(await create('Buyer', taken, taken, 'written')).toEqual(['created', 'Buyer', 'Buyer 2', 'Buyer 3']);
  expect(await create('Buyer', taken, 'exists')).toEqual(['exists', 'Buyer', 'Buyer 2']);
  expect(await create('', 'written')).toEqual(['created', undefined]);
  expect(await create('Buyer', 'tooMany')).toEqual(['tooMany', 'Buyer']);
  expect(
    (await create('Buyer', ...Array<string>(maxIdentities - 1).fill(taken), 'written')).slice(0, 1),
  ).toEqual(['created']);
  for (const kind of [taken, 'emailTaken', 'unknown'])
    expect((await create('Buyer', kind)).slice(0, 1)).toEqual([
      expect.objectContaining({ code: 'unavailable', retryAfterSeconds: 1 }),
    ]);
  // Another number gets no other address.
  expect(await create('Buyer', 'emailTaken')).toHaveLength(2);
});
