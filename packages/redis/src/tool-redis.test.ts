import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisClient } from './client.ts';
import { developmentUrl, toolRedis, waitForTool } from './tool-redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'ravi-tool-redis-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where `npm start` runs, and where it does not. */
const [running, stopped] = [join(folder, 'running'), join(folder, 'stopped')];
mkdirSync(join(running, 'redis'), { recursive: true });
writeFileSync(join(running, 'redis', 'port'), '7777\n');
writeFileSync(join(running, 'redis', 'public-url'), 'http://login.localhost:3000\n');

const values = { REDIS_URL: 'redis://redis.example.com', REDIS_SENTINEL_NAME: 'mymaster' };

test('a tool uses the Redis of npm start where that runs, else the one of its settings', () => {
  const urlIn = (DATA_DIR: string) => toolRedis({}, { ...values, DATA_DIR }).url;
  expect(urlIn(running)).toBe('redis://127.0.0.1:7777');
  expect(urlIn(stopped)).toBe('redis://redis.example.com');
  expect(developmentUrl({}, running)).toBe('http://login.localhost:3000');
  expect(developmentUrl({}, stopped)).toBeNull();
});

test.each(['REDIS_URL', 'REDIS_CLUSTER_NODES', 'REDIS_SENTINELS'])(
  'where %s is set, the one of npm start is not used',
  (name) => {
    const env = { [name]: 'something' };
    expect(toolRedis(env, { ...values, DATA_DIR: running }).url).toBe('redis://redis.example.com');
    expect(developmentUrl(env, running)).toBeNull();
    // An empty setting is none.
    expect(developmentUrl({ [name]: '' }, running)).toBe('http://login.localhost:3000');
  },
);

test('a tool gives a Redis that does not answer up after five seconds', async () => {
  jest.useFakeTimers();
  try {
    const client = Object.assign(new EventEmitter(), { status: 'connecting' });
    const topology = toolRedis({}, { ...values, DATA_DIR: stopped });
    let end = 'waits';
    const waiting = waitForTool(client as unknown as RedisClient, topology).catch((error: unknown) => {
      end = String(error);
    });
    client.emit('error', new Error('connect ECONNREFUSED'));
    await jest.advanceTimersByTimeAsync(4_999);
    expect(end).toBe('waits');
    await jest.advanceTimersByTimeAsync(1_000);
    await waiting;
    expect(end).toContain('connect ECONNREFUSED');
  } finally {
    jest.useRealTimers();
  }
});
