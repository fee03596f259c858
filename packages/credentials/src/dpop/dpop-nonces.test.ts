import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { DpopNonces } from './dpop-nonces.ts';

const secret = new Secret('a secret of a test that is long enough');
const nonces = new DpopNonces(deriveServiceKeys(secret));
const nowMs = 1_800_000_000_000;

test('a nonce is good for a minute, to the second, and for a clock that is as much behind', () => {
  const nonce = nonces.issue(nowMs);
  const isFresh = (afterMs: number) => nonces.isFresh(nonce, nowMs + afterMs);
  expect([-60_001, -60_000, 0, 60_000, 60_001].map(isFresh)).toEqual([false, true, true, true, false]);
});

test('a nonce of another deployment, with another time, or of another form is not fresh; one of the former secret is', () => {
  const other = new Secret('another secret of a test, long enough');
  const nonce = nonces.issue(nowMs);
  const [time = '', mac = ''] = nonce.split('.');
  expect(new DpopNonces(deriveServiceKeys(other)).isFresh(nonce, nowMs)).toBe(false);
  expect(new DpopNonces(deriveServiceKeys(other, secret)).isFresh(nonce, nowMs)).toBe(true);
  const later = (Number.parseInt(time, 36) + 1).toString(36);
  for (const forged of [`${later}.${mac}`, `${time}.`, time, '', `${time.toUpperCase()}.${mac}`])
    expect([forged, nonces.isFresh(forged, nowMs)]).toEqual([forged, false]);
});
