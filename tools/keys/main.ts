import { existsSync } from 'node:fs';
import { PublishedKeys } from '@ravi/credentials';
import { ConfirmedWrites, connectRedis, unconfirmedWrites, waitForTool } from '@ravi/redis';
import { systemClock } from '@ravi/runtime';
import { activateKey, addKey, listKeys, retireKey, type CommandResult } from './commands.ts';
import { type KeyToolConfig, parseConfig } from './config.ts';

const usage = `The issuers' signing keys, changed without a restart.

  npm run keys -- list                   the keys with which tokens verify
  npm run keys -- add                    make a new one; issuers publish it within seconds
  npm run keys -- activate KID [--now]   sign with it; two minutes after it was published, or at once
  npm run keys -- retire KID [--now]     verify with it until its last token has expired, or no longer
`;

async function main(args: readonly string[]): Promise<CommandResult> {
  if (args.includes('--help')) return { done: true, text: usage };
  const atOnce = args.includes('--now');
  const [command, kid = '', ...rest] = args.filter((arg) => arg !== '--now');
  const takesKid = command === 'activate' || command === 'retire';
  if (takesKid !== (kid !== '') || rest.length > 0 || (atOnce && !takesKid))
    return { done: false, text: usage };
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = parseConfig(process.env);
  const { directory } = config.keySources;
  const nowMs = systemClock.nowMs();
  switch (command) {
    case 'add':
      return addKey(directory, nowMs);
    case 'list':
      return withRedis(config, (published) => listKeys(published, nowMs));
    case 'activate':
      return withRedis(config, (published) => activateKey(published, kid, nowMs, atOnce));
    case 'retire':
      return withRedis(config, (published) => retireKey(published, directory, kid, nowMs, atOnce));
    default:
      return { done: false, text: usage };
  }
}

async function withRedis(
  config: KeyToolConfig,
  run: (published: PublishedKeys) => Promise<CommandResult>,
): Promise<CommandResult> {
  const { lifetimes, recordsReplicas: replicas } = config;
  const redis = connectRedis(config.redis, 'tool', 'ravi-keys');
  redis.on('error', () => undefined);
  try {
    await waitForTool(redis, config.redis);
    const writes =
      replicas > 0
        ? new ConfirmedWrites({ redis, replicas, onUnreplicated: () => undefined })
        : unconfirmedWrites(redis);
    return await run(new PublishedKeys(redis, '', lifetimes, writes));
  } finally {
    redis.disconnect();
  }
}

try {
  const { done, text } = await main(process.argv.slice(2));
  (done ? process.stdout : process.stderr).write(`${text}\n`);
  process.exitCode = done ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'It failed for an unknown reason.'}\n`);
  process.exitCode = 1;
}
