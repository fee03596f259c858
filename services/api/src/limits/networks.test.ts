import { networksOf, sameNetwork, widestNetworkOf } from './networks.ts';

test.each([
  ['192.0.2.1', ['192.0.2.1', '192.0.2.0/24']],
  ['2001:db8:1:2345:3:4:5:6', ['2001:db8:1:2345::/64', '2001:db8:1:2300::/56', '2001:db8:1::/48']],
  ['2001:0db8:0001:0012::9', ['2001:db8:1:12::/64', '2001:db8:1:0::/56', '2001:db8:1::/48']],
  ['2001:db8::1', ['2001:db8:0:0::/64', '2001:db8:0:0::/56', '2001:db8:0::/48']],
  ['2001:db8::4:5:6:7:8', ['2001:db8:0:4::/64', '2001:db8:0:0::/56', '2001:db8:0::/48']],
  ['::1', ['0:0:0:0::/64', '0:0:0:0::/56', '0:0:0::/48']],
  ['', ['']],
])('%s counts as %j', (address, names) => {
  expect(networksOf(address).map(({ name }) => name)).toEqual(names);
});

/** @shows flooding */
test('a subscriber with a /48 has 16 times the allowance of one address, not 65,536 times; so has an IPv4 /24', () => {
  const allowances = new Map<string, number>();
  for (let subnet = 0; subnet < 65_536; subnet++)
    for (const { name, times } of networksOf(`2001:db8:1:${subnet.toString(16)}::1`))
      allowances.set(name, times);
  expect(Math.max(...allowances.values())).toBe(16);
  expect([...allowances].filter(([, times]) => times === 16)).toHaveLength(1);
  expect([...allowances].filter(([, times]) => times === 4)).toHaveLength(256);
  expect(networksOf('192.0.2.7').map(({ times }) => times)).toEqual([1, 16]);
  expect(widestNetworkOf('2001:db8:1:ffff::1')).toBe(widestNetworkOf('2001:db8:1::1'));
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
