import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditKey } from '@ravi/audit';
import { connectRedis } from '@ravi/redis';
import { Registry } from '@ravi/telemetry';
import { startIssuing } from '../../services/issuer/src/compose.ts';
import { parseConfig } from '../../services/issuer/src/config.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis, url } = await connectedRedis();
const directory = mkdtempSync(join(tmpdir(), 'ravi-issuer-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} } as never;

test.each([
  ['off', 0],
  ['on', 1],
] as const)(
  'with AUDIT=%s an issuer keeps %d events of somebody who got credentials',
  async (AUDIT, kept) => {
    await redis.flushdb();
    const worker = connectRedis({ kind: 'single', url }, 'worker', 'test');
    const config = parseConfig({ DATA_DIR: directory, PUBLIC_URL: 'https://login.example.com', AUDIT });
    const { audit, deliveries, queues } = await startIssuing(config, {
      commands: redis,
      worker,
      connectWebhook: () => worker,
      signingKeys: { current: () => undefined } as never,
      instance: 'one',
      clock: { nowMs: () => Date.now() },
      logger: log,
      registry: new Registry(),
      tracing: null,
      onUnavailable: () => undefined,
    });
    try {
      audit.note({ event: 'issued', login: 'a-login', user: 7 });
      await audit.close();
      expect(await redis.xlen(auditKey())).toBe(kept);
    } finally {
      await deliveries.stop();
      await queues.close();
      worker.disconnect();
    }
  },
);
