import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type AuditEntry, AuditReader, type AuditRecord } from '@ravi/audit';
import { connectRedis, isRedisUnavailable, toolRedis, waitForTool } from '@ravi/redis';
import { parseSettings, sharedSettings } from '@ravi/runtime';
import { inOrderOfTime, Picker, readableLine, sinceMs } from './selection.ts';

const usage = `Shows the events of logins, keys and sign-ins, oldest first.

  npm run audit -- [options]

  --login ID     of one login and the grant that it gave; without --follow in the order of time,
                 which the log is not where two processes note at once
  --grant ID     of one grant: refreshes, keys, its end
  --user ID      of one account
  --since WHEN   since a time: 15m, 2h, 7d, or an ISO time
  --follow       then show new events as they happen, also after an outage of Redis
  --json         one JSON object a line

Redis: REDIS_URL, REDIS_CLUSTER_NODES or REDIS_SENTINELS as for the services, from the environment or .env; otherwise the one of
"npm start" in DATA_DIR.
`;

/** How often the log is read while following. */
const followMs = 300;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const options = { login: text, grant: text, user: text, since: text, follow: flag, json: flag, help: flag };

/** `--login -Ab` as `--login=-Ab`: an id may begin with a dash, which Node finds ambiguous. */
function joinValues(args: readonly string[]): string[] {
  const names = new Map(Object.entries(options).map(([name, option]) => [`--${name}`, option]));
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? '';
    if (names.get(before) === text && !names.has(arg)) joined.splice(-1, 1, `${before}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: joinValues(args), options });
  if (values.help) return void process.stdout.write(usage);
  const fromMs = values.since === undefined ? 0 : sinceMs(values.since, Date.now());
  if (fromMs === null)
    throw new Error(`--since: "${values.since}" is neither a duration such as 15m nor an ISO time.`);
  if (values.user !== undefined && !/^\d+$/.test(values.user)) {
    throw new Error(
      `--user: "${values.user}" is not the number of an account: npm run accounts -- find "${values.user}" tells it.`,
    );
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  const shared = parseSettings(process.env, sharedSettings);
  const topology = toolRedis(process.env, shared);
  const redis = connectRedis(topology, 'commands', 'ravi-audit');
  redis.on('error', () => undefined);
  try {
    await waitForTool(redis, topology);
    const reader = new AuditReader(redis);
    const picker = new Picker(values);
    let picked = 0;
    const story: AuditRecord[] = [];
    const print = (record: AuditRecord) =>
      process.stdout.write(`${values.json ? JSON.stringify(record) : readableLine(record)}\n`);
    for (let position = String(Math.max(0, fromMs - 1)); ;) {
      const entries = await (values.follow ? readPatiently(reader, position) : reader.after(position));
      for (const { record } of entries) {
        if (!picker.picks(record)) continue;
        picked += 1;
        if (values.login !== undefined && !values.follow) story.push(record);
        else print(record);
      }
      position = entries.at(-1)?.position ?? position;
      if (entries.length > 0) continue;
      if (!values.follow) {
        for (const record of inOrderOfTime(story)) print(record);
        if (picked === 0) process.stderr.write('No such event.\n');
        return;
      }
      await pause(followMs);
    }
  } finally {
    redis.disconnect();
  }
}

/** The next entries, however long Redis is away meanwhile; standard error tells that it is, and that it is back. */
async function readPatiently(reader: AuditReader, position: string): Promise<readonly AuditEntry[]> {
  for (let isAway = false; ; isAway = true) {
    try {
      const entries = await reader.after(position);
      if (isAway) process.stderr.write('Redis is back.\n');
      return entries;
    } catch (error) {
      if (!isRedisUnavailable(error)) throw error;
      if (!isAway) process.stderr.write('Redis is away: waiting until it is back.\n');
      await pause(followMs);
    }
  }
}

// The reader of our output has gone, as in `npm run audit | head`.
process.stdout.on('error', () => process.exit(0));
try {
  await main(process.argv.slice(2));
} catch (error) {
  const reason = error instanceof Error ? error.message : 'It failed for an unknown reason.';
  process.stderr.write(`${reason}\nTry: npm run audit -- --help\n`);
  process.exitCode = 1;
}
