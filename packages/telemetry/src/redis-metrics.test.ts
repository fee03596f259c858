import { EventEmitter } from 'node:events';
import { Registry } from 'prom-client';
import { createRedisMetrics } from './redis-metrics.ts';

class Connection extends EventEmitter {
  status = 'connecting';

  becomes(status: 'ready' | 'close'): void {
    this.status = status;
    this.emit(status);
  }
}

class Server extends EventEmitter {
  readonly options = { host: 'redis-1', port: 6379 };
  manuallyClosing = false;
}

function measured() {
  const registry = new Registry();
  const metrics = createRedisMetrics(registry);
  const connection = new Connection();
  metrics.observe(connection, 'commands');
  const figure = async (series: string) => {
    const line = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  };
  return { metrics, connection, figure };
}

test('a connection is lost once each time that it was there and closes; an attempt that fails loses none', async () => {
  const { connection, figure } = measured();
  const losses = () => figure('ravi_redis_connection_losses_total{connection="commands"}');
  const connected = () => figure('ravi_redis_connected{connection="commands"}');
  connection.becomes('close');
  expect([await losses(), await connected()]).toEqual([0, 0]);
  connection.becomes('ready');
  expect([await losses(), await connected()]).toEqual([0, 1]);
  for (let attempt = 0; attempt < 3; attempt++) connection.becomes('close');
  expect([await losses(), await connected()]).toEqual([1, 0]);
  connection.becomes('ready');
  connection.becomes('close');
  expect(await losses()).toBe(2);
});

test('of a Cluster, the connection to each server is lost once each time that it was there and closes, unless ioredis itself closes it', async () => {
  const { connection, figure } = measured();
  const losses = () => figure('ravi_redis_connection_losses_total{connection="commands"}');
  const [first, second] = [new Server(), new Server()];
  connection.emit('+node', first);
  connection.emit('+node', second);
  first.emit('close');
  expect(await losses()).toBe(0);
  first.emit('ready');
  second.emit('ready');
  for (let attempt = 0; attempt < 3; attempt++) first.emit('close');
  expect(await losses()).toBe(1);
  second.emit('close');
  expect(await losses()).toBe(2);
  second.emit('ready');
  second.manuallyClosing = true;
  second.emit('close');
  expect(await losses()).toBe(2);
});

test('the time of a sign of life is told in seconds', async () => {
  const { metrics, figure } = measured();
  metrics.answered(4);
  metrics.answered(250);
  expect(await figure('ravi_redis_latency_seconds_sum')).toBeCloseTo(0.254);
  expect(await figure('ravi_redis_latency_seconds_count')).toBe(2);
  expect(await figure('ravi_redis_latency_seconds_bucket{le="0.005"}')).toBe(1);
  expect(await figure('ravi_redis_latency_seconds_bucket{le="0.25"}')).toBe(2);
});
