import { randomUUID } from 'node:crypto';
import { AccountStore, ResetLinks } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const prefix = `test:${randomUUID()}:`;
const accounts = new AccountStore(redis, prefix);
const links = new ResetLinks(redis, accounts, prefix);

async function made() {
  const input = { email: `${randomUUID()}@example.com`, firstName: '', lastName: '', passwordHash: 'hash' };
  const account = await accounts.create({ ...input, identityEmailDomain: 'agents.test' }, Date.now());
  const link = account && (await links.make(account, 'mail'));
  if (link?.kind !== 'made') throw new Error('There is no link.');
  return { id: account?.id ?? 0, token: link.token };
}

/** @shows reset link */
test('how a link was spent is told to the password that it set, and whoever tries another one makes it be forgotten', async () => {
  const { id, token } = await made();
  await links.noteSpent(token, 'the new one', 'mail');
  expect((await links.spend(token, 'new hash'))?.account.id).toBe(id);
  const told = { account: expect.objectContaining({ id }) as unknown, by: 'mail', passwordHash: 'new hash' };
  for (let again = 0; again < 2; again++) expect(await links.findTwin(token, 'the new one')).toEqual(told);
  for (const other of ['', 'no link', `${id}.${'x'.repeat(27)}`])
    expect(await links.findTwin(other, 'the new one')).toBeNull();
  expect(await links.findTwin(token, 'a guess')).toBeNull();
  expect(await links.findTwin(token, 'the new one')).toBeNull();
});

test('of an account that is gone nothing is told, and a link of one that is blocked is good for nothing while it is', async () => {
  const { id, token } = await made();
  await links.noteSpent(token, 'the new one', 'mail');
  await accounts.end(id, 'everything', 'block');
  expect([await links.find(token), await links.spend(token, 'new hash')]).toEqual([null, null]);
  await accounts.end(id, 'everything', 'unblock');
  expect((await links.find(token))?.account.id).toBe(id);
  await redis.del(`${prefix}ravi:account:${id}`);
  expect([await links.find(token), await links.findTwin(token, 'the new one')]).toEqual([null, null]);
});
