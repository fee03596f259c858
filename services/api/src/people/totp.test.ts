import { qrCode } from '../pages/qr-code.ts';
import { foldTotpCode, newTotpSecret, stepOfCode, totpSecretShape, totpUri } from './totp.ts';

/** The secret of RFC 6238, appendix B, in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** @shows ASVS V6.5.4 */
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('the code of RFC 6238 at %i s is right in its step', (seconds, code) => {
  expect(stepOfCode(secret, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
});

/** @shows ASVS V6.5.5 */
test('a code is right for the step before and after it, and names its own step; a step further it is wrong', () => {
  const step = Math.floor(1_111_111_111 / 30);
  const at = (offset: number) => stepOfCode(secret, '050471', (step + offset) * 30_000);
  expect([at(-2), at(-1), at(0), at(1), at(2)]).toEqual([null, step, step, step, null]);
});

/** @shows ASVS V6.5.3 */
test('secrets are 160 random bits, and an app reads whose they are', () => {
  const secrets = Array.from({ length: 50 }, newTotpSecret);
  expect(new Set(secrets).size).toBe(50);
  for (const made of secrets) expect(made).toMatch(totpSecretShape);
  const uri = new URL(totpUri(secret, 'login.example.com', 'ada+x@example.com'));
  expect(decodeURIComponent(uri.pathname)).toContain('login.example.com:ada+x@example.com');
  expect(uri.searchParams.get('secret')).toBe(secret);
  expect(uri.searchParams.get('issuer')).toBe('login.example.com');
});

test.each([
  ['of plain letters', `${'a'.repeat(242)}@example.com`, null],
  ['of Chinese letters', `${'中'.repeat(242)}@example.com`, `${'中'.repeat(27)}…`],
  ['of signs beyond the first plane', `${'😀'.repeat(121)}@example.com`, `${'😀'.repeat(20)}…`],
])(
  'an address of 254 characters, %s, fits into a QR code with the longest name of a host',
  (_, email, cut) => {
    expect(email).toHaveLength(254);
    const service = `${'a.'.repeat(126)}b`;
    const uri = totpUri(secret, service, email);
    expect(decodeURIComponent(new URL(uri).pathname)).toContain(`${service}:${cut ?? email}`);
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    expect(qrCode(uri, 'A code')).toContain('<svg');
  },
);

test('a code may be typed with blanks; letters, and too many or too few digits, are none', () => {
  expect(foldTotpCode(' 050 471\n')).toBe('050471');
  expect(['05047', '0504711', 'o50471', '', '٠٥٠٤٧١'].map(foldTotpCode)).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
