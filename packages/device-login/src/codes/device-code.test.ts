import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { mintDeviceCode, readDeviceCode } from './device-code.ts';
import { loginCandidates, loginIdOf } from './login-id.ts';
import { generateUserCode } from './user-code.ts';

const oldSecret = new Secret('old '.repeat(10));
const newSecret = new Secret('new '.repeat(10));
const keys = deriveServiceKeys(newSecret);
const loginId = loginIdOf(generateUserCode(), keys.current);
const code = mintDeviceCode(loginId, 1_900_000_000_000, keys.current);

test('a code is read back with its login and its expiry', () => {
  expect(readDeviceCode(code.text, keys)).toEqual({
    loginId,
    expiresAtMs: 1_900_000_000_000,
    hash: code.hash,
    bytes: code.bytes,
  });
});

test('two codes for the same login differ in their 24 random bytes', () => {
  const randomOf = ({ bytes }: { readonly bytes: Buffer }) => bytes.subarray(21, 45);
  const codes = Array.from({ length: 8 }, () => mintDeviceCode(loginId, 1_900_000_000_000, keys.current));
  for (let at = 0; at < 24; at++) {
    expect(new Set([code, ...codes].map((each) => randomOf(each)[at])).size).toBeGreaterThan(1);
  }
});

/** @shows RFC 8628 §5.2 */
test('a code that was changed in any place, shortened or lengthened is not ours', () => {
  for (let at = 0; at < code.text.length; at++) {
    const other = code.text[at] === 'A' ? 'B' : 'A';
    expect(readDeviceCode(code.text.slice(0, at) + other + code.text.slice(at + 1), keys)).toBeNull();
  }
  for (const text of [
    '',
    code.text.slice(1),
    `${code.text}A`,
    `${code.text}=`,
    'x'.repeat(82),
    '☃'.repeat(82),
  ]) {
    expect(readDeviceCode(text, keys)).toBeNull();
  }
});

test('a code has one spelling: another that decodes to the same bytes is not ours', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(code.text.at(-1) ?? '');
  // The last character carries spare bits.
  const respelled = code.text.slice(0, -1) + (alphabet[last + 1] ?? '');
  expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(code.text, 'base64url'));
  expect(readDeviceCode(respelled, keys)).toBeNull();
});

/** @shows RFC 8628 §5.2 */
test('a code of another service is not ours', () => {
  expect(readDeviceCode(code.text, deriveServiceKeys(oldSecret))).toBeNull();
});

test('a code from before a rotation of SECRET is understood while SECRET_PREVIOUS is set', () => {
  const old = mintDeviceCode(loginId, 1_900_000_000_000, deriveServiceKeys(oldSecret).current);
  expect(readDeviceCode(old.text, deriveServiceKeys(newSecret, oldSecret))).not.toBeNull();
  expect(readDeviceCode(old.text, deriveServiceKeys(newSecret))).toBeNull();
});

test('a user_code leads to its login, also from before a rotation', () => {
  const userCode = generateUserCode();
  const before = loginIdOf(userCode, deriveServiceKeys(oldSecret).current);
  const after = loginIdOf(userCode, keys.current);
  const candidates = loginCandidates(userCode, deriveServiceKeys(newSecret, oldSecret));
  expect(candidates.map(({ loginId }) => loginId)).toEqual([after, before]);
});
