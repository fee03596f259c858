import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { watchConnection } from './watch-connection.ts';

beforeEach(() => {
  jest.useFakeTimers();
  // The process has run for a while.
  jest.advanceTimersByTime(3_600_000);
});
afterEach(() => jest.useRealTimers());

/** A connection that is watched, and what is logged of it. */
function watched() {
  const lines: { readonly msg: string; readonly [field: string]: unknown }[] = [];
  const connection = new EventEmitter();
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  watchConnection(connection, { role: 'commands', place: 'redis:6379' }, logger);
  return { connection, lines };
}

test('a lost connection is one line however often it is tried again, and one when it is back', () => {
  const { connection, lines } = watched();
  connection.emit('ready');
  expect(lines).toEqual([]);
  for (let outage = 0; outage < 2; outage++) {
    for (let attempt = 0; attempt < 3; attempt++)
      connection.emit('error', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    connection.emit('ready');
    connection.emit('ready');
  }
  const away = {
    role: 'commands',
    server: 'redis:6379',
    reason: 'ECONNREFUSED',
    msg: 'redis is away; trying again until it is back',
  };
  const back = { role: 'commands', msg: 'redis is back' };
  expect(lines).toMatchObject([away, back, away, back]);
  connection.emit('error', new Error('Connection is closed.'));
  expect(lines.at(-1)).toMatchObject({ reason: 'Connection is closed.' });
});

test('a server of a Cluster that cannot be reached is named each minute, with the reason, and each server for itself', () => {
  const { connection, lines } = watched();
  const fails = (server: string, code?: string) =>
    connection.emit('node error', Object.assign(new Error('connect failed'), code ? { code } : {}), server);
  const named = () => lines.splice(0).map(({ server, reason }) => `${String(server)} ${String(reason)}`);
  fails('redis-1:6379', 'ECONNREFUSED');
  fails('redis-2:6379');
  expect(named()).toEqual(['redis-1:6379 ECONNREFUSED', 'redis-2:6379 connect failed']);
  for (let second = 0; second < 59; second++) {
    jest.advanceTimersByTime(1_000);
    fails('redis-1:6379', 'ECONNREFUSED');
  }
  jest.advanceTimersByTime(999);
  fails('redis-1:6379', 'ECONNREFUSED');
  expect(named()).toEqual([]);
  jest.advanceTimersByTime(1);
  fails('redis-1:6379', 'ETIMEDOUT');
  expect(named()).toEqual(['redis-1:6379 ETIMEDOUT']);
});

test('where only the table of slots of a Cluster could not be read, no connection is called lost; and the loss that follows is told', () => {
  const { connection: cluster, lines } = watched();
  const server = Object.assign(new EventEmitter(), { options: { host: 'redis-1', port: 6379 } });
  cluster.emit('+node', server);
  server.emit('ready');
  cluster.emit('node error', new Error('timeout'), 'redis-1:6379');
  expect(lines).toEqual([]);
  jest.advanceTimersByTime(500);
  server.emit('close');
  cluster.emit('node error', new Error('connect ECONNREFUSED'), 'redis-1:6379');
  expect(lines).toMatchObject([{ server: 'redis-1:6379', reason: 'Connection is closed.' }]);
  server.emit('ready');
  cluster.emit('node error', new Error('Socket timeout'), 'redis-1:6379');
  server.emit('close');
  expect(lines).toMatchObject([{}, { server: 'redis-1:6379', reason: 'Socket timeout' }]);
});

test('a lost connection to one server of a Cluster is told at once, and again once it was back, but not one that ioredis closes', () => {
  const { connection: cluster, lines } = watched();
  const server = Object.assign(new EventEmitter(), {
    options: { host: 'redis-1', port: 6379 },
    manuallyClosing: false,
  });
  cluster.emit('+node', server);
  server.emit('ready');
  server.emit('close');
  cluster.emit('node error', new Error('connect ECONNREFUSED'), 'redis-1:6379');
  expect(lines).toMatchObject([{ server: 'redis-1:6379', reason: 'Connection is closed.' }]);

  server.emit('ready');
  server.emit('close');
  expect(lines).toHaveLength(2);
  server.emit('ready');
  server.manuallyClosing = true;
  server.emit('close');
  expect(lines).toHaveLength(2);
});
