import { randomUUID } from 'node:crypto';
import { type Account, noFactors, SessionStore, totpOwner } from '@ravi/accounts';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { openKeptSecret, sealKeptSecret } from '@ravi/sealing';
import { createOperator } from '../../tools/accounts/operator.ts';
import { resealSecrets } from '../../tools/accounts/reseal.ts';
import { resetFactors } from '../../tools/accounts/reset-factors.ts';
import { showAccount } from '../../tools/accounts/show.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const prefix = `test:${randomUUID()}:`;
const former = new Secret('the secret of the service before, long');
const current = new Secret('the secret of the service now, so long');
const before = deriveServiceKeys(former);
const operatorWith = (keys: ReturnType<typeof deriveServiceKeys> | null) =>
  createOperator(
    redis,
    {
      publicUrl: 'http://login.localhost:3000',
      auditEnabled: true,
      programIdleMs: 86_400_000,
      recordsReplicas: 0,
      keys,
      mail: true,
    },
    'grace',
    { nowMs: () => Date.now() },
    prefix,
  );
const operator = operatorWith(deriveServiceKeys(current, former));

async function withApp(): Promise<Account> {
  const email = `${randomUUID()}@example.com`;
  const person = { email, firstName: 'Ada', lastName: '', passwordHash: 'hash', emailVerified: true };
  const account = await operator.accounts.create({ ...person, identityEmailDomain: 'agents.example.com' }, 1);
  if (account === null) throw new Error('The address is taken.');
  const sealedSecret = sealKeptSecret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', totpOwner(account.id), before);
  const totp = { sealedSecret, lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
  const recoveryCodes = ['a hash'];
  await operator.factors.change(account.id, (now) => ({
    kind: 'change',
    factors: { ...now, totp, recoveryCodes },
  }));
  return account;
}

const events = async () => (await operator.auditReader.after('0')).map(({ record }) => record);

/** @shows ASVS V6.4.4 */
test('an operator removes the factors of a person who lost them: sessions end, it is noted, and the person is told by mail', async () => {
  const signedUp = await withApp();
  await operator.accounts.noteLanguage(signedUp.id, 'de');
  const account = (await operator.accounts.read(signedUp.id))?.account ?? signedUp;
  const sessions = new SessionStore(redis, { idleSeconds: 100, maxSeconds: 1000 }, prefix);
  const token = await sessions.open(account, { address: '192.0.2.1', userAgent: '' }, Date.now());
  const owner = await operator.accounts.read(account.id);
  if (!owner) throw new Error('The account is gone.');
  expect((await showAccount(operator, owner)).text).toContain('an authenticator app; 1 recovery codes left');
  expect(await resetFactors(operator, account)).toMatchObject({
    documents: [{ done: 'factors_reset', told: true }],
  });
  expect(await operator.factors.read(account.id)).toEqual(noFactors);
  expect(await sessions.read(token, Date.now())).toBeNull();
  expect(await events()).toContainEqual(
    expect.objectContaining({ event: 'factors_reset', user: account.id, by: 'grace' }),
  );
  const jobs = await Promise.all(
    (await redis.keys('{ravi}:mail:factorsReset.*')).map((key) => redis.hget(key, 'data')),
  );
  // In the language in which they read our pages.
  const [data = '', ...more] = jobs.filter((job) => job?.includes(account.email));
  expect([JSON.parse(data ?? ''), more]).toEqual([expect.objectContaining({ language: 'de' }), []]);
  await operator.accounts.noteLanguage(1, 'de');
  expect(await operator.accounts.read(1)).toBeNull();
  expect((await resetFactors(operator, account)).text).toContain('has no second factor');
});

test('secrets are sealed anew while SECRET is rotated, once, and open afterwards, also those of apps that can be put back', async () => {
  const { id } = await withApp();
  const removed = await withApp();
  const account = (await operator.accounts.read(removed.id))?.account ?? removed;
  const undo = (await operator.undos.note(account, Date.now())) ?? '';
  const link = (await operator.undos.makeLink(removed.id, undo, Date.now())) ?? '';
  await operator.factors.change(removed.id, () => ({ kind: 'change', factors: noFactors }));
  const run = await resealSecrets(operator);
  expect(run.documents[0]).toMatchObject({ done: 'resealed', lost: 0 });
  expect((await operator.undos.putBack(link, Date.now(), 'sessions')).kind).toBe('putBack');
  const app = (await operator.factors.read(removed.id)).totp;
  expect(openKeptSecret(app?.sealedSecret ?? '', totpOwner(removed.id), deriveServiceKeys(current))).toEqual({
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    isCurrent: true,
  });
  const sealed = (await operator.factors.read(id)).totp?.sealedSecret ?? '';
  expect(openKeptSecret(sealed, totpOwner(id), deriveServiceKeys(current))?.secret).toMatch(/^GEZ/);
  expect((await resealSecrets(operator)).documents[0]).toMatchObject({ sealed: 0, lost: 0 });
  expect(await events()).toContainEqual(expect.objectContaining({ event: 'secrets_resealed', by: 'grace' }));
  // With another SECRET nothing is changed, and the factors that cannot be opened are reported.
  const stranger = operatorWith(deriveServiceKeys(new Secret('the secret of another service, long')));
  expect((await resealSecrets(stranger)).documents[0]).toMatchObject({ sealed: 0, lost: 2 });
  expect((await operator.factors.read(id)).totp?.sealedSecret).toBe(sealed);
  expect((await resealSecrets(operatorWith(null))).text).toContain('Set SECRET');
});
