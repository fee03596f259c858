import type { AccountWithIdentities } from '@ravi/accounts';
import type { GrantStore, StoredGrant } from '@ravi/credentials';
import { keyApprovedAtMs } from './approved-before.ts';

const owner = {
  account: { id: 7, epoch: '5' },
  identities: [{ uuid: 'one' }],
} as unknown as AccountWithIdentities;
const asking = { keyThumbprint: 'key', clientId: 'notes' };

test('a key was approved before where one of the fifty programs that were used last has it, and its client', async () => {
  const looks: unknown[] = [];
  const its = [
    { keyThumbprint: 'key', clientId: 'notes', createdAtMs: 3 },
    { keyThumbprint: 'key', clientId: 'notes', createdAtMs: 5 },
    { keyThumbprint: 'key', clientId: 'another', createdAtMs: 7 },
    { keyThumbprint: '', clientId: 'notes', createdAtMs: 9 },
  ] as StoredGrant[];
  const grants: Pick<GrantStore, 'page'> = {
    page: async (...look) => {
      looks.push(look);
      return { entries: its, total: its.length };
    },
  };
  expect(await keyApprovedAtMs(grants, asking, owner, 10)).toBe(5);
  expect(await keyApprovedAtMs(grants, { ...asking, keyThumbprint: 'a new one' }, owner, 10)).toBeNull();
  const view = { id: 7, epoch: '5', identityUuids: new Set(['one']) };
  const look = [view, { offset: 0, count: 50 }, 10];
  expect(looks).toEqual([look, look]);
  // Under another name, or without one, it was never approved.
  for (const clientId of ['bank', ''])
    expect(await keyApprovedAtMs(grants, { ...asking, clientId }, owner, 10)).toBeNull();
  // A program that proves no key is no program that was here before.
  expect(await keyApprovedAtMs(grants, { ...asking, keyThumbprint: '' }, owner, 10)).toBeNull();
  expect(await keyApprovedAtMs(grants, asking, null, 10)).toBeNull();
  expect(looks).toHaveLength(4);
});
