import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { watchConnection } from './watch-connection.ts';

test('a lost connection to one server of a Cluster is told at once, and again once it was back, but not one that ioredis closes', () => {
  const lines: string[] = [];
  const cluster = new EventEmitter();
  watchConnection(cluster, 'commands', pino({}, { write: (line: string) => void lines.push(line) }));
  const server = Object.assign(new EventEmitter(), {
    options: { host: 'redis-1', port: 6379 },
    manuallyClosing: false,
  });
  cluster.emit('+node', server);
  server.emit('ready');
  server.emit('close');
  cluster.emit('node error', new Error('connect ECONNREFUSED'), 'redis-1:6379');
  expect(lines).toEqual([expect.stringContaining('"server":"redis-1:6379"')]);

  server.emit('ready');
  server.emit('close');
  expect(lines).toHaveLength(2);
  server.emit('ready');
  server.manuallyClosing = true;
  server.emit('close');
  expect(lines).toHaveLength(2);
});
