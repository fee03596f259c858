import { isNumberNeeded } from './number-matching-policy.ts';

test.each([
  ['off', '192.0.2.1', '198.51.100.1', false],
  ['other-network', '192.0.2.1', '198.51.100.1', true],
  ['other-network', '192.0.2.1', '192.0.2.1', false],
  ['other-network', '2001:db8::1', '2001:db8::2', false],
  ['other-network', '2001:db8::1', '2001:db8:0:1::1', true],
  ['other-network', '127.0.0.1', '::1', false],
  ['always', '192.0.2.1', '192.0.2.1', true],
] as const)('with "%s", a login from %s approved from %s: %s', (policy, from, by, needed) => {
  expect(isNumberNeeded(policy, from, by)).toBe(needed);
});
