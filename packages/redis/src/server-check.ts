import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';
import { type ClockReading, readClock } from './read-clock.ts';

/** The oldest Redis whose scripts have flags and which can say what a user may do. */
const minimumMajorVersion = 7;

/** What is wrong with a server. */
export interface ServerFinding {
  /**
   * `unusable`: nothing runs on it. `unsafe`: nothing that matters should. `danger`: what it holds may be lost. `notice`: worth a
   * look.
   */
  readonly severity: 'unusable' | 'unsafe' | 'danger' | 'notice';
  /** In a sentence, which says what to set. */
  readonly sentence: string;
}

/** Looks at each primary that the connection reaches. Rejects if one is away, or if its user may not run `INFO`. */
export async function checkServers(client: RedisClient, nowMs: () => number): Promise<ServerFinding[]> {
  const servers = client instanceof Cluster ? client.nodes('master') : [client];
  const findings = await Promise.all(servers.map((server) => checkServer(server, nowMs)));
  // The same sentence for each shard of a Cluster is one finding.
  return [...new Map(findings.flat().map((finding) => [finding.sentence, finding])).values()];
}

async function checkServer(server: Redis, nowMs: () => number): Promise<ServerFinding[]> {
  const info = await server.info();
  return findingsIn(info, await readClock(server, nowMs));
}

/** What is wrong with a server that says this of itself (`INFO`), and whose clock is like this. */
export function findingsIn(text: string, clock: ClockReading | null): ServerFinding[] {
  const info = readInfo(text);
  return [
    ...versionFindings(info),
    ...memoryFindings(info),
    ...persistenceFindings(info),
    ...clockFindings(clock),
  ];
}

type Info = ReadonlyMap<string, string>;

/** The fields of `INFO`; managed services leave some out, and then nothing is found. */
function readInfo(text: string): Info {
  return new Map([...text.matchAll(/^(\w+):(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function versionFindings(info: Info): ServerFinding[] {
  const version = info.get('redis_version');
  if (version === undefined || Number.parseInt(version) >= minimumMajorVersion) return [];
  return [
    {
      severity: 'unusable',
      sentence: `Redis ${version} is too old: use Redis ${minimumMajorVersion} or newer, or Valkey.`,
    },
  ];
}

function memoryFindings(info: Info): ServerFinding[] {
  const policy = info.get('maxmemory_policy');
  if (policy === undefined || policy === 'noeviction') return [];
  const sentence = `Redis drops keys when it is full (maxmemory-policy ${policy}), accounts and logins among them: set maxmemory-policy to noeviction.`;
  return [{ severity: 'unsafe', sentence }];
}

function persistenceFindings(info: Info): ServerFinding[] {
  if (info.get('aof_enabled') === '0') {
    const sentence =
      'Redis keeps no append-only file: accounts and keys are lost when it stops. Set appendonly to yes (docs/durability.md).';
    return [{ severity: 'danger', sentence }];
  }
  if (info.get('aof_last_write_status') === 'err') {
    return [
      {
        severity: 'danger',
        sentence: 'Redis could not write its append-only file: look at its disk and its log.',
      },
    ];
  }
  return [];
}

function clockFindings(clock: ClockReading | null): ServerFinding[] {
  return clock === null || clock.sentence === null ? [] : [{ severity: 'notice', sentence: clock.sentence }];
}
