import { EventEmitter } from 'node:events';
import { Registry } from 'prom-client';
import { createLogger } from './logger.ts';
import { observeRedis } from './redis-observer.ts';

test('what becomes of Redis is in the log and in the metrics', async () => {
  const lines: string[] = [];
  const registry = new Registry();
  const redis = observeRedis({
    logger: createLogger(
      { service: 'api', instance: 'one', level: 'info' },
      { write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) },
    ),
    registry,
    reasonOf: () => 'oom',
    reasons: ['oom'],
    effect: 'requests are answered 503',
  });
  const connection = Object.assign(new EventEmitter(), { status: 'ready' });
  redis.observe(connection, 'commands', 'redis:6379');
  connection.emit('ready');
  connection.emit('close');
  connection.emit('error', new Error('connect ECONNREFUSED'));
  redis.onReply(20);
  redis.onClock({ skewMs: 7_000, sentence: 'The clock of Redis is ahead.' });
  redis.onFailure(new Error('OOM'));
  expect(lines).toEqual([
    'redis is away; trying again until it is back',
    'The clock of Redis is ahead.',
    'outage began: requests are answered 503',
  ]);
  const metrics = await registry.metrics();
  for (const series of [
    'ravi_redis_connection_losses_total{connection="commands"} 1',
    'ravi_redis_latency_seconds_sum 0.02',
    'ravi_clock_skew_seconds 7',
    'ravi_outage{reason="oom"} 1',
  ])
    expect(metrics).toContain(series);
});
