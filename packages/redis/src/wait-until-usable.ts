import { setTimeout as pause } from 'node:timers/promises';
import type { RedisClient } from './client.ts';
import { missingCommand, type NeededCommand } from './command-check.ts';
import { explainFailure } from './failure-reason.ts';
import { markKey } from './keyspace.ts';
import { isLoading } from './loading.ts';
import { loadScript, runScript } from './script.ts';
import { checkServers, type ServerFinding } from './server-check.ts';
import type { RedisTopology } from './topology.ts';
import { isRedisUnavailable } from './unavailable.ts';
import { RedisNotUsable, waitUntilReady } from './wait-until-ready.ts';

const mark = loadScript(new URL('./lua/mark.lua', import.meta.url));

/** How long a process waits at its start for Redis to be usable. */
const startMs = 30_000;

/** How often it looks. */
const intervalMs = 250;

export interface UsableRedisOptions {
  readonly topology: RedisTopology;
  /** The commands without which the process cannot work. */
  readonly needs: readonly NeededCommand[];
  /** Refuse what would lose people's data in production. */
  readonly production: boolean;
  readonly clock: { nowMs(): number };
  /** Called with what does not keep the process from starting. */
  readonly onFinding: (finding: ServerFinding) => void;
}

/**
 * Resolves when Redis can do all that this process needs. A Redis that is starting, failing over or lacks replicas is waited for,
 * one that is loading its data however long that takes. Rejects with `RedisNotUsable` within 30 s, with the last reason; at once if
 * the user may not do something, if Redis lacks a command or is too old, and in production if it would drop keys.
 */
export async function waitUntilUsable(client: RedisClient, options: UsableRedisOptions): Promise<void> {
  let endMs = performance.now() + startMs;
  await waitUntilReady(client, startMs, options.topology, () =>
    options.onFinding({ severity: 'notice', sentence: 'Redis is loading its data: waiting until it has.' }),
  );
  for (;;) {
    try {
      return await check(client, options);
    } catch (error) {
      if (error instanceof RedisNotUsable || !(error instanceof Error)) throw error;
      const passes = isRedisUnavailable(error);
      if (await isLoading(client)) endMs = performance.now() + startMs;
      if (!passes || performance.now() > endMs) {
        const when = passes ? ` within ${startMs / 1000} s` : '';
        throw new RedisNotUsable(`Redis could not be used${when}. ${explainFailure(error)}`);
      }
      await pause(intervalMs);
    }
  }
}

async function check(client: RedisClient, options: UsableRedisOptions): Promise<void> {
  const { needs, production, clock, onFinding } = options;
  const findings = await checkServers(client, () => clock.nowMs());
  const fatal = findings.find(
    ({ severity }) => severity === 'unusable' || (severity === 'unsafe' && production),
  );
  if (fatal) throw new RedisNotUsable(fatal.sentence);
  const missing = await missingCommand(client, needs);
  if (missing !== null) throw new RedisNotUsable(missing);
  // A write that changes nothing: a server that is read-only or lacks replicas refuses it.
  await runScript(client, mark, markKey('start'));
  for (const finding of findings) if (production || finding.severity === 'notice') onFinding(finding);
}
