import { randomUUID } from 'node:crypto';
import { AccountDirectory, AccountStore, IdentityStore } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

/** What an operator finds among these people, by their ids. */
async function open(...people: readonly { readonly email?: string; readonly name?: string }[]) {
  const prefix = `test:${randomUUID()}:`;
  const accounts = new AccountStore(redis, prefix);
  const ids: number[] = [];
  for (const { email = `${randomUUID()}@example.com`, name = 'Ada Byron' } of people) {
    const [firstName = '', lastName = ''] = name.split(' ');
    const input = { email, firstName, lastName, passwordHash: 'hash', identityEmailDomain: 'agents.test' };
    ids.push((await accounts.create(input, 1))?.id ?? 0);
  }
  const directory = new AccountDirectory(redis, prefix);
  const found = async (text: string) => {
    const told: number[] = [];
    for await (const { id } of directory.search(text)) told.push(id);
    return told.toSorted((a, b) => a - b);
  };
  return { prefix, accounts, directory, ids, found };
}

test('an account is found by its id, and by its address in any case; what is neither names none', async () => {
  const { directory, ids } = await open({ email: 'Ada@example.com' }, {});
  const [ada = 0, other = 0] = ids;
  expect((await directory.named(String(other)))?.id).toBe(other);
  expect((await directory.named(' ADA@Example.com '))?.id).toBe(ada);
  for (const text of ['', '0', '7', '-1', '1.5', 'ada', 'nobody@example.com', `0${ada}`, '12345678901234567'])
    expect([text, await directory.named(text)]).toEqual([text, null]);
});

test('the address of an identity leads to its account, also in other letters and after it was given up', async () => {
  const { prefix, accounts, directory, ids } = await open({}, {});
  const [id = 0] = ids;
  const [identity] = (await accounts.read(id))?.identities ?? [];
  if (!identity) throw new Error('There is no identity.');
  expect((await directory.ofIdentity(identity.email.toUpperCase()))?.id).toBe(id);
  await new IdentityStore(redis, prefix).remove(id, identity.uuid, Date.now());
  expect((await directory.ofIdentity(identity.email))?.id).toBe(id);
  expect(await accounts.givenUpAddresses(id)).toEqual([identity.email]);
  expect(await directory.ofIdentity('nobody@agents.test')).toBeNull();
});

test('a search tells each account once: by its name, its address or that of an identity, in any letters, also where all of them have the text', async () => {
  const { prefix, ids, found, directory } = await open(
    { email: 'grace@navy.test', name: 'Grace Hopper' },
    { name: 'Zoë Ångström' },
    { email: 'hopper@example.com' },
  );
  const [grace = 0, zoe = 0, other = 0] = ids;
  const identities = new IdentityStore(redis, prefix);
  const changes = { name: 'At sea', email: 'grace.hopper@agents.test' };
  await identities.add(grace, changes, { domain: 'agents.test', nowMs: 1 });
  const both = [grace, other].toSorted((a, b) => a - b);
  expect(await found('HOPPER')).toEqual(both);
  expect(await found('grace hopper')).toEqual([grace]);
  expect(await found('navy')).toEqual([grace]);
  expect(await found('ÅNGSTRÖM')).toEqual([zoe]);
  expect(await found('zoë ång')).toEqual([zoe]);
  expect(await found('agents.test')).toEqual(ids.toSorted((a, b) => a - b));
  expect(await found('nobody')).toEqual([]);
  // An id that is taken for an account that nobody has written yet.
  await redis.hset(`${prefix}ravi:account:7`, 'epoch', '1');
  await redis.set(`${prefix}ravi:identity-email:hopper@gone.test`, 7);
  expect(await found('hopper')).toEqual(both);
  const withFactor: number[] = [];
  await redis.hset(`${prefix}ravi:account:${zoe}`, 'second_factor', '1');
  await redis.hset(`${prefix}ravi:account:${other}`, 'undos', '{}');
  for await (const id of directory.withFactors()) withFactor.push(id);
  expect(withFactor.toSorted((a, b) => a - b)).toEqual([zoe, other].toSorted((a, b) => a - b));
});
