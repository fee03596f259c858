import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HealthProbe, type ListenAddress, startAdminServer } from './admin-server.ts';
import { createMetricsRegistry } from './metrics.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

const healthy: HealthProbe = { alive: () => true, unreadyReason: async () => null };

/** The address of an admin port that has started. */
async function start(
  probe: HealthProbe = healthy,
  listen: ListenAddress = { port: 0, address: '127.0.0.1' },
): Promise<AddressInfo> {
  const server = await startAdminServer(listen, probe, createMetricsRegistry('api'));
  servers.push(server);
  return server.address() as AddressInfo;
}

test.each<[string, string, Partial<HealthProbe>, number, unknown]>([
  ['a process that lives', '/livez', {}, 200, { status: 'ok' }],
  [
    'one that has to be restarted',
    '/livez',
    { alive: () => false },
    503,
    { detail: 'Restart this process.' },
  ],
  ['one that serves', '/readyz', {}, 200, { status: 'ok' }],
  [
    'one that cannot serve',
    '/readyz',
    { unreadyReason: async () => 'Redis does not answer "PING".' },
    503,
    { detail: 'Redis does not answer "PING".' },
  ],
  [
    'one that cannot tell',
    '/readyz',
    { unreadyReason: () => Promise.reject(new Error('broken')) },
    500,
    { detail: 'The probe failed.' },
  ],
  ['a path that is none', '/healthz', {}, 404, { detail: 'Try /livez, /readyz or /metrics.' }],
])('%s is told by %s, and by nothing that was kept on the way', async (_, path, probe, status, body) => {
  const { port } = await start({ ...healthy, ...probe });
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  expect([response.status, await response.json()]).toEqual([status, body]);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('the metrics are those of the process, with the service, as Prometheus reads them', async () => {
  const { port } = await start();
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await response.text()).toMatch(/^process_cpu_user_seconds_total\{service="api"\} \d/m);
});

test.each<[string, number, HealthProbe['unreadyReason']]>([
  ['serves', 1, async () => null],
  ['does not serve', 0, async () => 'SECRET differs.'],
  ['cannot tell', 0, () => Promise.reject(new Error('broken'))],
])('a process that %s tells so by a metric: %d', async (_, ready, unreadyReason) => {
  const { port } = await start({ ...healthy, unreadyReason });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain(`\nravi_ready{service="api"} ${ready}\n`);
});

test('it listens at the address that is named, and at all of them where none is', async () => {
  const [one, all] = [await start(), await start(healthy, { port: 0, address: null })];
  expect(one.address).toBe('127.0.0.1');
  expect(['::', '0.0.0.0']).toContain(all.address);
});

test('a port that is taken, and an address of another machine, are told by the setting to change', async () => {
  const { port } = await start();
  await expect(start(healthy, { port, address: '127.0.0.1' })).rejects.toThrow(
    `Port ${port} is taken; set ADMIN_PORT to another one, each process its own.`,
  );
  // Of the block for documents. (RFC 5737)
  await expect(start(healthy, { port: 0, address: '192.0.2.1' })).rejects.toThrow(
    'ADMIN_BIND_ADDRESS: 192.0.2.1 is no address of this machine.',
  );
});

test('a connection that the system does not hand over ends nothing', async () => {
  const { port } = await start();
  servers[0]?.emit('error', Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' }));
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
});

test('it has 64 connections at most: no scraper that goes wild takes the files of the public port', async () => {
  await start();
  expect(servers[0]?.maxConnections).toBe(64);
});
