import { createServer, type Server, type Socket } from 'node:net';
import { ConnectionPool } from '../../tools/load/client/connection-pool.ts';
import { DeviceCalls } from '../../tools/load/client/device-calls.ts';
import { SourceAddresses } from '../../tools/load/client/source-addresses.ts';
import { parseTarget, Targets } from '../../tools/load/client/target.ts';
import { VaryingFields } from '../../tools/load/client/varying-fields.ts';

/** More requests than prepared fields: they are used a second time on the way. */
const requests = 2_500;
const names = ['User-Agent', 'X-Forwarded-For', 'traceparent'] as const;

/** Heads by the connection on which they arrived. */
const heads = new Map<Socket, string[]>();
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((socket) => {
    const arrived: string[] = [];
    heads.set(socket, arrived);
    socket.setEncoding('latin1').on('data', (text: Buffer | string) => {
      arrived.push(String(text).split('\r\n\r\n')[0] ?? '');
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const fieldOf = (head: string, name: string) =>
  head
    .split('\r\n')
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2);

test('consecutive requests of a connection never carry the same head: its three varying fields and its length differ', async () => {
  const targets = new Targets(parseTarget(url));
  const pool = new ConnectionPool(2, targets, new SourceAddresses(null));
  const calls = new DeviceCalls(targets.first);
  await Promise.all(Array.from({ length: requests }, () => pool.request(calls.start())));
  pool.close();
  expect(heads.size).toBe(2);
  for (const arrived of heads.values()) {
    expect(arrived.length).toBeGreaterThan(1_030);
    const alike = arrived.slice(1).filter((head, index) => {
      const last = arrived[index] ?? '';
      return head.length === last.length || names.some((name) => fieldOf(head, name) === fieldOf(last, name));
    });
    expect(alike).toEqual([]);
  }
});

test('what varies is well-formed, and its addresses belong to nobody', () => {
  const fields = new VaryingFields();
  const ipv4 = String.raw`198\.1[89]\.\d{1,3}\.\d{1,3}`;
  const ipv6 = String.raw`2001:db8:[\da-f]+:[\da-f]+::[\da-f]+`;
  const traceparent = '00-[0-9a-f]{32}-[0-9a-f]{16}-01';
  const wellFormed = new RegExp(
    `^User-Agent: [ -~]+\r\nX-Forwarded-For: (?:${ipv4}|${ipv6})(?:, ${ipv4})?\r\ntraceparent: ${traceparent}\r\n$`,
  );
  for (let count = 0; count < requests; count++) expect(fields.next()).toMatch(wellFormed);
});
