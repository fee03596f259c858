import { hkdfSync } from 'node:crypto';
import { Secret } from './secret.ts';
import { deriveServiceKeys, keyGenerations, secretFingerprints } from './service-keys.ts';

const [secret, previous, next] = ['a', 'b', 'c'].map((letter) => new Secret(letter.repeat(40))) as [
  Secret,
  Secret,
  Secret,
];

test('each purpose has a key of its own, the same at every process with this SECRET', () => {
  const { current } = deriveServiceKeys(secret);
  const hexOf = (keys: typeof current) => Object.values(keys).map((key) => key.export().toString('hex'));
  expect(new Set(hexOf(current)).size).toBe(Object.keys(current).length);
  expect(hexOf(deriveServiceKeys(secret).current)).toEqual(hexOf(current));
  expect(hexOf(deriveServiceKeys(previous).current)).not.toEqual(hexOf(current));
  for (const [purpose, key] of Object.entries(current)) {
    const derived = Buffer.from(hkdfSync('sha256', secret.reveal(), '', `ravi/v1/${purpose}`, 32));
    expect([purpose, key.export().toString('hex')]).toEqual([purpose, derived.toString('hex')]);
  }
});

test('the generations are those that are set, the one in use first', () => {
  const alone = deriveServiceKeys(secret);
  expect(keyGenerations(alone)).toEqual([alone.current]);
  for (const [before, after] of [
    [previous, undefined],
    [undefined, next],
    [previous, next],
  ] as const) {
    const keys = deriveServiceKeys(secret, before, after);
    const alike = [secret, before, after].flatMap((one) => (one ? [deriveServiceKeys(one).current] : []));
    const fingerprints = (generations: readonly (typeof alone.current)[]) =>
      generations.map(({ fingerprint }) => fingerprint.export().toString('hex'));
    expect(fingerprints(keyGenerations(keys))).toEqual(fingerprints(alike));
  }
});

test('fingerprints tell secrets apart, the one in use first, and do not show them', () => {
  const [used, ...others] = secretFingerprints(deriveServiceKeys(secret, previous, next));
  expect([used]).toEqual(secretFingerprints(deriveServiceKeys(secret)));
  expect(others).toEqual([previous, next].flatMap((one) => secretFingerprints(deriveServiceKeys(one))));
  expect(new Set([used, ...others]).size).toBe(3);
  for (const fingerprint of [used, ...others]) expect(fingerprint).toMatch(/^[\w-]{16}$/);
});
