import { randomUUID } from 'node:crypto';
import { AccountStore } from '@ravi/accounts';
import { GrantStore } from '@ravi/credentials';
import { connectRedis, waitUntilReady } from '@ravi/redis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { Person } from '../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const programs = 5_000;

/** Gives the account of a person as many logins, numbered, without keys. */
async function logInMany(userId: number): Promise<void> {
  const redis = connectRedis({ kind: 'single', url: deployment.redis.url }, 'tool', 'test');
  await waitUntilReady(redis, 60_000);
  const accounts = new AccountStore(redis);
  const owner = await accounts.read(userId);
  if (!owner) throw new Error('There is no such account.');
  const { epoch } = owner.account;
  const grants = new GrantStore(redis, {});
  const place = accounts.epochPlace(userId, epoch, '');
  const add = (number: number) => {
    const grant = {
      id: randomUUID(),
      userId,
      accountEpoch: epoch,
      clientId: 'ravi-device',
      clientName: `agent ${number}`,
      address: '192.0.2.1',
      userAgent: 'agent',
      createdAtMs: Date.now(),
      identityUuid: '',
      scope: 'account' as const,
      requestedScope: '' as const,
      resource: '',
      keyThumbprint: '',
      refreshJti: randomUUID(),
      refreshExpiresAtMs: Date.now() + 86_400_000,
      keyIds: [],
      expiresAtMs: null,
    };
    return grants.add(grant, [], place, Date.now());
  };
  for (let done = 0; done < programs; done += 500)
    await Promise.all(Array.from({ length: 500 }, (_, at) => add(done + at)));
  redis.disconnect();
}

test('an account with 5000 programs has pages of 50, which are turned to the last, and a search by name', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  await logInMany(person.user.id);
  const visit = new BrowserVisit(deployment.urls[1]);
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  const names = new Set<string>();
  for (const page of [1, 2, 100]) {
    await visit.open(`/account/programs?page=${page}`);
    expect(visit.words).toContain(`Page ${page} of 100`);
    const shown = visit.words.match(/agent \d+ not verified/g) ?? [];
    expect(shown).toHaveLength(50);
    for (const name of shown) names.add(name);
  }
  expect(names.size).toBe(150);
  expect(visit.page.text).not.toContain('?page&#61;101');
  expect(visit.page.text).toContain('?page&#61;99');
  // By a part of the name, whatever its case.
  await visit.open('/account/programs?name=AGENT+4321');
  expect(visit.words.match(/agent \d+ not verified/g)).toEqual(['agent 4321 not verified']);
  await visit.open('/account/programs?page=3&name=agent+49');
  expect(visit.words).toContain('Page 3 of 3');
  expect(visit.words.match(/agent 49\d* not verified/g)).toHaveLength(11);
  await visit.open('/account/programs?name=moon');
  expect(visit.words).toContain('No program has “moon” in its name.');
});
