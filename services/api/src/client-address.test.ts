import { addressForLimits, clientAddress } from './client-address.ts';

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
