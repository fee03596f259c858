import { deriveServiceKeys, NewerFormat, Secret } from '@ravi/runtime';
import { openKeptSecret, sealKeptSecret } from './kept-secret.ts';

const former = new Secret('the secret of the service before, long');
const current = new Secret('the secret of the service now, so long');
const before = deriveServiceKeys(former);
const rotating = deriveServiceKeys(current, former);
const after = deriveServiceKeys(current);

test('a kept secret opens while SECRET is rotated and says that it is to be sealed anew, and afterwards only if it was', () => {
  const sealed = sealKeptSecret('GEZDGNBVGY3TQOJQ', 'account 7', before);
  expect(sealed).not.toContain('GEZD');
  expect(openKeptSecret(sealed, 'account 7', before)).toEqual({
    secret: 'GEZDGNBVGY3TQOJQ',
    isCurrent: true,
  });
  const opened = openKeptSecret(sealed, 'account 7', rotating);
  expect(opened).toEqual({ secret: 'GEZDGNBVGY3TQOJQ', isCurrent: false });
  expect(openKeptSecret(sealed, 'account 7', after)).toBeNull();
  const anew = sealKeptSecret(opened?.secret ?? '', 'account 7', rotating);
  expect(openKeptSecret(anew, 'account 7', after)).toEqual({ secret: 'GEZDGNBVGY3TQOJQ', isCurrent: true });
  // A process that is a step behind opens it, too.
  expect(openKeptSecret(anew, 'account 7', deriveServiceKeys(former, undefined, current))).not.toBeNull();
});

test('a kept secret that was moved to another account, altered or cut off does not open', () => {
  const sealed = sealKeptSecret('GEZDGNBVGY3TQOJQ', 'account 7', before);
  expect(openKeptSecret(sealed, 'account 8', before)).toBeNull();
  expect(openKeptSecret(`${sealed.slice(0, -3)}AAA`, 'account 7', before)).toBeNull();
  for (const length of [0, 2, 20, 40, sealed.length - 1])
    expect(openKeptSecret(sealed.slice(0, length), 'account 7', before)).toBeNull();
});

test('a kept secret that a newer release sealed is left to it', () => {
  expect(() => openKeptSecret('2.AAAA', 'account 7', before)).toThrow(NewerFormat);
});

test('no two secrets that are kept under one key share a nonce: the same secret is another text each time', () => {
  const nonces = Array.from({ length: 500 }, () =>
    Buffer.from(
      sealKeptSecret('GEZDGNBVGY3TQOJQ', 'account 7', before).split('.')[1] ?? '',
      'base64url',
    ).toString('hex', 0, 12),
  );
  expect(new Set(nonces).size).toBe(nonces.length);
});
