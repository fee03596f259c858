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
