import type { PublishedKeys } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import type { Logger } from '@ravi/telemetry';
import { SigningKeys } from './signing-keys.ts';

const held = readSigningKeys([generateSigningKey(), generateSigningKey()]);
const [one = '', two = ''] = held.map(({ kid }) => kid);

/** An issuer's keys, and what was logged. What its sources hold and what Redis says changes with `its`. */
function issuer() {
  const its = {
    sources: { keys: held, problems: Array.of<string>() },
    redis: { signingKid: one as string | null, activeKid: one },
    isRedisAway: false,
  };
  const published: (readonly string[])[] = [];
  const told: string[] = [];
  const note = (fields: { readonly reason?: string; readonly kid?: string }, text: string) =>
    void told.push(`${text}: ${fields.reason ?? fields.kid}`);
  const keys = new SigningKeys({
    read: () => its.sources,
    published: {
      publish: async (jwks) => {
        published.push(jwks.map(({ kid }) => kid));
        if (its.isRedisAway) throw new Error('Connection is closed.');
        return its.redis;
      },
    } satisfies Pick<PublishedKeys, 'publish'> as unknown as PublishedKeys,
    clock: { nowMs: () => 0 },
    logger: { info: note, warn: note } as unknown as Logger,
  });
  return { keys, its, told, published };
}

test('it signs with the key that is active, publishes all that it holds, and tells which one it is each time that changes', async () => {
  const { keys, its, told, published } = issuer();
  await keys.refresh();
  expect(keys.current().kid).toBe(one);
  await keys.refresh();
  its.redis = { signingKid: two, activeKid: two };
  await keys.refresh();
  expect(keys.current().kid).toBe(two);
  expect(told).toEqual([`signing with this key: ${one}`, `signing with this key: ${two}`]);
  expect(published).toEqual([held, held, held].map((all) => all.map(({ kid }) => kid)));
});

test('nothing signs before Redis has said with which key, nor once all are retired', async () => {
  const { keys, its, told } = issuer();
  const refusal = 'Every signing key of this issuer is retired.';
  expect(keys.current).toThrow(refusal);
  await keys.refresh();
  expect(keys.unreadyReason()).toBeNull();
  its.redis = { signingKid: null, activeKid: 'that of another issuer' };
  await keys.refresh();
  await keys.refresh();
  expect(keys.current).toThrow(refusal);
  expect(keys.unreadyReason()).toBe(refusal);
  expect(told.slice(1)).toEqual(['signing keys: every key of this issuer is retired; it cannot sign']);
});

test('an issuer without the active key signs with its own, and tells that once', async () => {
  const { keys, its, told } = issuer();
  its.redis = { signingKid: one, activeKid: 'another' };
  await keys.refresh();
  await keys.refresh();
  expect(keys.current().kid).toBe(one);
  expect(told).toEqual([
    "signing keys: the active key another is not among this issuer's keys",
    `signing with this key: ${one}`,
  ]);
});

test('sources that have become unusable leave the keys as they were; each problem is told once for as long as it lasts', async () => {
  const { keys, its, told, published } = issuer();
  await keys.refresh();
  const refreshWith = async (...problems: readonly string[]) => {
    its.sources = { keys: held.slice(0, 1), problems: [...problems] };
    await keys.refresh();
    await keys.refresh();
  };
  await refreshWith('SIGNING_KEY_DIR: /a cannot be read', 'SIGNING_KEY_FILES: /b cannot be read');
  expect(keys.current().kid).toBe(one);
  expect(published.at(-1)).toEqual([one, two]);
  await refreshWith('SIGNING_KEY_FILES: /b cannot be read');
  await refreshWith();
  expect(published.at(-1)).toEqual([one]);
  await refreshWith('SIGNING_KEY_FILES: /b cannot be read');
  expect(told.slice(1)).toEqual([
    'signing keys: SIGNING_KEY_DIR: /a cannot be read; SIGNING_KEY_FILES: /b cannot be read',
    'signing keys: SIGNING_KEY_FILES: /b cannot be read',
    'signing keys: SIGNING_KEY_FILES: /b cannot be read',
  ]);
});

test('an issuer whose Redis is away learns that, and signs on', async () => {
  const { keys, its, told } = issuer();
  await keys.refresh();
  its.isRedisAway = true;
  await expect(keys.refresh()).rejects.toThrow('Connection is closed.');
  expect(keys.current().kid).toBe(one);
  expect(told).toHaveLength(1);
});
