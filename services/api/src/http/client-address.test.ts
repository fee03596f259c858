import type { IncomingMessage } from 'node:http';
import { addressOf, clientAddress } from './client-address.ts';

test('an IPv4 address is written the same, however the socket writes it', () => {
  expect(clientAddress({ ip: '::ffff:192.0.2.1' })).toBe('192.0.2.1');
  expect(clientAddress({ ip: '2001:db8::1' })).toBe('2001:db8::1');
});

test.each([
  ['[2001:DB8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['192.0.2.1:55000', '192.0.2.1'],
  [`2001:db8::1%${'x'.repeat(69)}`, '198.51.100.7'],
  ['unknown', '198.51.100.7'],
  ['', '198.51.100.7'],
])('a proxy that writes %j means %s: an address has one spelling', (written, meant) => {
  const request = {
    headers: { 'x-forwarded-for': `203.0.113.9, ${written}` },
    socket: { remoteAddress: '198.51.100.7' },
  } as unknown as IncomingMessage;
  expect(addressOf(request, 1)).toBe(meant);
});

test.each([
  ['10.0.0.1, 192.0.2.1', 1, '192.0.2.1'],
  ['192.0.2.1 ,\t10.0.0.1', 2, '192.0.2.1'],
  ['203.0.113.9,192.0.2.1,10.0.0.1', 2, '192.0.2.1'],
  ['192.0.2.1', 3, '192.0.2.1'],
  [',192.0.2.1', 2, '198.51.100.7'],
  [',', 3, '198.51.100.7'],
])('of %j, %d trusted hops believe %s', (written, hops, meant) => {
  const request = {
    headers: { 'x-forwarded-for': written },
    socket: { remoteAddress: '198.51.100.7' },
  } as unknown as IncomingMessage;
  expect(addressOf(request, hops)).toBe(meant);
});
