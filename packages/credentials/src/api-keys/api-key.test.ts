import { generateApiKey, hashApiKey, recogniseApiKey } from './api-key.ts';

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
