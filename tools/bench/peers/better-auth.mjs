/**
 * Peer: `better-auth` with its device authorization plugin. It keeps codes in a SQL database, so it gets one that runs
 * everywhere: SQLite in a file, through Node's own module, with a write-ahead log that it does not wait for. Sessions are
 * in Redis, its "secondary storage".
 */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { deviceAuthorization } from 'better-auth/plugins';

const redis = new Redis(process.env.REDIS_URL, { keyPrefix: 'better-auth:', enableAutoPipelining: true });
const port = Number(process.env.PORT);

const database = new DatabaseSync(join(process.env.DATA_DIR, 'better-auth.sqlite'));
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: 'a secret of thirty-two bytes or more, for a benchmark',
  database,
  secondaryStorage: {
    get: (key) => redis.get(key),
    set: (key, value, seconds) => (seconds ? redis.set(key, value, 'EX', seconds) : redis.set(key, value)),
    delete: (key) => redis.del(key),
  },
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [
    deviceAuthorization({
      verificationUri: '/device',
      expiresIn: '15m',
      interval: process.env.INTERVAL ?? '5s',
      validateClient: (id) => id === 'bench',
    }),
  ],
});

const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
const handle = toNodeHandler(auth);
createServer((request, response) => void handle(request, response)).listen({ port, backlog: 4096 });
