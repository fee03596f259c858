import { randomUUID } from 'node:crypto';
import { ToldOnce } from '@ravi/accounts';
import { AccountDeletion } from '../../services/api/src/account/account-deletion.ts';
import { deleteAccount } from '../../tools/accounts/delete.ts';
import { unblockAccount } from '../../tools/accounts/end.ts';
import { createOperator, type Operator } from '../../tools/accounts/operator.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

let prefix: string;
let operator: Operator;
beforeEach(() => {
  prefix = `test:${randomUUID()}:`;
  const config = {
    publicUrl: 'http://login.localhost:3000',
    auditEnabled: true,
    programIdleMs: 86_400_000,
    recordsReplicas: 0,
    keys: null,
    mail: false,
  };
  operator = createOperator(redis, config, 'grace', { nowMs: () => Date.now() }, prefix);
});

async function person() {
  const names = { firstName: 'Ada', lastName: 'B', identityEmailDomain: 'agents.test' };
  const input = { ...names, email: `${randomUUID()}@example.com`, passwordHash: 'hash' };
  const account = await operator.accounts.create(input, Date.now());
  if (!account) throw new Error('The address was taken.');
  return account;
}
type Person = Awaited<ReturnType<typeof person>>;

const takeBack = ({ id }: Person) => operator.accounts.end(id, 'sessions', 'unblock');

/** The account is there, with its way to sign in and the address of its identity for good. */
async function expectThere({ id, email }: Person): Promise<void> {
  const owner = await operator.accounts.read(id);
  expect(owner?.account.blocked).toBe(false);
  expect(await operator.accounts.userIdOf(email)).toBe(id);
  expect(await redis.pttl(`${prefix}ravi:identity-email:${owner?.identities[0]?.email}`)).toBe(-1);
}

test('a deletion by an operator that is taken back while it goes on stops and says so: the account stays, and its person can sign in', async () => {
  const account = await person();
  const removeFrom = operator.traces.removeFrom.bind(operator.traces);
  operator.traces.removeFrom = async (...step) => {
    await takeBack(account);
    return removeFrom(...step);
  };
  const { exitCode, text } = await deleteAccount(operator, account);
  expect([exitCode, text]).toEqual([1, expect.stringContaining('it was unblocked meanwhile')]);
  await expectThere(account);
  expect(await redis.exists(`${prefix}ravi:deletions`)).toBe(0);
});

test('so does one that its owner asked for', async () => {
  const account = await person();
  const { deletions } = operator;
  const during = deletions.during.bind(deletions);
  deletions.during = async <Result>(id: number, work: () => Promise<Result>) => {
    await takeBack(account);
    return during(id, work);
  };
  const told: unknown[] = [];
  const api = new AccountDeletion({
    redis,
    accountStore: operator.accounts,
    resetLinks: operator.resetLinks,
    deletions,
    toldOnce: new ToldOnce(redis, prefix),
    audit: { note: () => undefined },
    mails: { tellAt: () => undefined },
    logger: { info: (...line: readonly unknown[]) => void told.push(line.at(-1)), warn: () => undefined },
    prefix,
  });
  await api.delete(account, { address: '', userAgent: '', language: '' }, 'a form');
  await api.close();
  expect(told).toEqual(['a deletion was taken back: the account stays']);
  await expectThere(account);
  expect(await redis.exists(`${prefix}ravi:deletions`)).toBe(0);
});

test('one that was interrupted just before its end leaves the addresses of the identities to the account that is unblocked', async () => {
  const account = await person();
  operator.traces.removeAccount = () => Promise.reject(new Error('killed'));
  await expect(deleteAccount(operator, account)).rejects.toThrow('killed');
  expect((await unblockAccount(operator, { ...account, blocked: true })).exitCode).toBe(0);
  await expectThere(account);
});
