import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { createPeople, type PeopleDeps } from './index.ts';

test('who signs up gets an address in the first of several domains', async () => {
  const domains: string[] = [];
  const { passwordAccounts } = createPeople({
    access: {},
    accountStore: {
      create: async ({ identityEmailDomain }: { identityEmailDomain: string }) => {
        domains.push(identityEmailDomain);
        return { id: 7 };
      },
      replicated: async () => undefined,
    },
    passwords: { inTurn: async () => 'a hash' },
    limits: { admitSignUp: async () => undefined },
    audit: { note: () => undefined },
    clock: { nowMs: () => 1 },
    keys: deriveServiceKeys(new Secret('a secret of a test that is long enough')),
    mailQueue: null,
    publicUrl: 'https://login.example.com',
    passwordLengths: { alone: 15, withSecondFactor: 8 },
    look: { brand: { name: 'Ravi' } },
    oidcProviders: [],
    identityEmailDomains: ['first.test', 'second.test'],
  } as unknown as PeopleDeps);
  const person = { email: 'ada@example.com', first_name: '', last_name: '' };
  await passwordAccounts.signUp({ ...person, password: 'four unrelated quiet words' }, '192.0.2.1');
  expect(domains).toEqual(['first.test']);
});
