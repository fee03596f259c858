import { addressForLimits, clientAddress, sameNetwork } from './client-address.ts';

test('an IPv4 address is written the same, however the socket writes it', () => {
  expect(clientAddress({ ip: '::ffff:192.0.2.1' })).toBe('192.0.2.1');
  expect(clientAddress({ ip: '2001:db8::1' })).toBe('2001:db8::1');
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s: one IPv6 subscriber has a whole /64', (address, subject) => {
  expect(addressForLimits(address)).toBe(subject);
});

test.each([
  ['127.0.0.1', '::1', true],
  ['127.0.0.1', '127.8.9.10', true],
  ['2001:db8:1:1::9', '2001:db8:1:1::2', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['127.0.0.1', '192.0.2.1', false],
  ['127.0.0.1.example', '::1', false],
  ['::1', '::2:0:0:0:1', false],
  ['192.0.2.1', '192.0.2.2', false],
])('%s and %s are one network: %s', (one, other, same) => {
  expect(sameNetwork(one, other)).toBe(same);
});
