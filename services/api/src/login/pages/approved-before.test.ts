import type { AccountWithIdentities } from '@ravi/accounts';
import type { GrantStore, StoredGrant } from '@ravi/credentials';
import { keyApprovedAtMs } from './approved-before.ts';

const owner = {
  account: { id: 7, epoch: '5' },
  identities: [{ uuid: 'mine' }],
} as unknown as AccountWithIdentities;

/** When the account approved the program that asks, where it has approved these. */
function approvedAt(
  asking: { readonly keyThumbprint: string; readonly clientId: string },
  ...approved: readonly Pick<StoredGrant, 'keyThumbprint' | 'clientId' | 'createdAtMs'>[]
) {
  const grants = { page: async () => ({ entries: approved }) } as unknown as Pick<GrantStore, 'page'>;
  return keyApprovedAtMs(grants, asking, owner, 9);
}

test('a program is known by its key together with its client_id: under another name it was never approved', async () => {
  const notes = { keyThumbprint: 'a key', clientId: 'notes' };
  const before = [
    { ...notes, createdAtMs: 3 },
    { ...notes, createdAtMs: 5 },
    { ...notes, keyThumbprint: 'another key', createdAtMs: 8 },
  ];
  expect(await approvedAt(notes, ...before)).toBe(5);
  expect(await approvedAt({ ...notes, clientId: 'bank' }, ...before)).toBeNull();
  expect(await approvedAt({ ...notes, clientId: '' }, ...before)).toBeNull();
  expect(await approvedAt({ ...notes, keyThumbprint: 'a third key' }, ...before)).toBeNull();
});

test('who proves no key is known by none, though programs without one were approved', async () => {
  const without = { keyThumbprint: '', clientId: 'notes' };
  expect(await approvedAt(without, { ...without, createdAtMs: 3 })).toBeNull();
});
