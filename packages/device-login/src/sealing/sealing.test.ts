import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { mintDeviceCode, readDeviceCode } from '../codes/device-code.ts';
import { loginIdOf } from '../codes/login-id.ts';
import { generateUserCode } from '../codes/user-code.ts';
import { deriveResultKey, unwrapResultKey, wrapResultKey } from './result-key.ts';
import { openResult, sealResult } from './sealed-result.ts';

const keys = deriveServiceKeys(new Secret('a secret of the service, long enough'));

function newCode() {
  return mintDeviceCode(loginIdOf(generateUserCode(), keys.current), Date.now() + 900_000, keys.current);
}

const code = newCode();
const wrapped = wrapResultKey(deriveResultKey(code), code, keys.current);

test('what the issuer seals with the unwrapped key, the holder of the device_code opens', () => {
  const issuerKey = unwrapResultKey(wrapped, code.loginId, code.hash, keys);
  const sealed = sealResult('{"access":"ü"}', code.loginId, issuerKey ?? deriveResultKey(newCode()));
  const presented = readDeviceCode(code.text, keys);
  expect(openResult(sealed, code.loginId, deriveResultKey(presented ?? newCode()))).toBe('{"access":"ü"}');
});

test('another device_code opens nothing', () => {
  const sealed = sealResult('{}', code.loginId, deriveResultKey(code));
  expect(() => openResult(sealed, code.loginId, deriveResultKey(newCode()))).toThrow(
    /authenticate|auth|Invalid|nonce/i,
  );
});

test('a result that was moved to another login, altered or cut off does not open', () => {
  const sealed = sealResult('{"a":1}', code.loginId, deriveResultKey(code));
  expect(() => openResult(sealed, newCode().loginId, deriveResultKey(code))).toThrow(
    /authenticate|auth|Invalid|nonce/i,
  );
  expect(() => openResult(`A${sealed.slice(1)}B`, code.loginId, deriveResultKey(code))).toThrow(
    /authenticate|auth|Invalid|nonce/i,
  );
  expect(() => openResult(sealed.slice(0, 20), code.loginId, deriveResultKey(code))).toThrow(
    /authenticate|auth|Invalid|nonce/i,
  );
  expect(() => openResult('', code.loginId, deriveResultKey(code))).toThrow(
    /authenticate|auth|Invalid|nonce/i,
  );
});

test('a wrapped key opens only with the SECRET, for its own login', () => {
  const foreign = deriveServiceKeys(new Secret('the secret of another service, long'));
  expect(unwrapResultKey(wrapped, code.loginId, code.hash, foreign)).toBeNull();
  expect(unwrapResultKey(wrapped, newCode().loginId, code.hash, keys)).toBeNull();
  expect(unwrapResultKey('', code.loginId, code.hash, keys)).toBeNull();
});

test('a wrapped key still opens after SECRET was rotated', () => {
  const rotated = deriveServiceKeys(
    new Secret('a newer secret of the service, long'),
    new Secret('a secret of the service, long enough'),
  );
  expect(unwrapResultKey(wrapped, code.loginId, code.hash, rotated)?.equals(deriveResultKey(code))).toBe(
    true,
  );
});

test('a wrapped key fits the compact form of a pending login: 64 characters', () => {
  expect(wrapped).toHaveLength(64);
});
