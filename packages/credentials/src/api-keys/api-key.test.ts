import { generateApiKey, hashApiKey, recogniseApiKey } from './api-key.ts';

const checksumLength = 6;

test.each(['management', 'identity'] as const)(
  'a %s key is recognised offline, by form and checksum',
  (kind) => {
    const key = generateApiKey(kind);
    expect(key).toMatch(kind === 'management' ? /^ravi_mgmt_[0-9A-Za-z]{49}$/ : /^ravi_id_[0-9A-Za-z]{49}$/);
    expect(recogniseApiKey(key)).toBe(kind);
  },
);

test('a key with a single wrong character is no key', () => {
  const key = generateApiKey('management');
  for (let at = 'ravi_mgmt_'.length; at < key.length; at++) {
    const other = key[at] === '0' ? '1' : '0';
    expect(recogniseApiKey(key.slice(0, at) + other + key.slice(at + 1))).toBeNull();
  }
});

test.each(['', 'ravi_mgmt_', 'ravi_id_' + '0'.repeat(49), 'sk_live_123', ` ${generateApiKey('identity')}`])(
  'anything else is no key (%#)',
  (text) => {
    expect(recogniseApiKey(text)).toBeNull();
  },
);

test('a key is stored as its SHA-256, which tells keys apart', () => {
  const key = generateApiKey('identity');
  expect(hashApiKey(key)).toMatch(/^[\w-]{43}$/);
  expect(hashApiKey(key)).not.toBe(hashApiKey(generateApiKey('identity')));
});

test('each digit of a key is as likely as every other', () => {
  const counts = new Map<string, number>();
  const keys = 10_000;
  for (let made = 0; made < keys; made++) {
    for (const digit of generateApiKey('identity').slice('ravi_id_'.length, -checksumLength))
      counts.set(digit, (counts.get(digit) ?? 0) + 1);
  }
  expect(counts.size).toBe(62);
  // If no bytes were passed over, the first digits would be favoured by a quarter: ten standard deviations away from this bound.
  const fair = (keys * 43) / 62;
  for (const count of counts.values()) expect(Math.abs(count / fair - 1)).toBeLessThan(0.12);
});
