import { existsSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { connectRedis, waitForTool } from '@ravi/redis';
import { systemClock } from '@ravi/runtime';
import { type Command, readCommand, usage, UsageError } from './arguments.ts';
import { parseConfig } from './config.ts';
import { confirmDeletion } from './confirm.ts';
import { deleteAccount } from './delete.ts';
import { blockAccount, endAll, unblockAccount } from './end.ts';
import { exportAccount } from './export.ts';
import { findAccounts } from './find.ts';
import { findKeys } from './keys.ts';
import { createOperator, type Operator } from './operator.ts';
import { resealSecrets } from './reseal.ts';
import { resetFactors } from './reset-factors.ts';
import { makeResetLink } from './reset-link.ts';
import { type CommandResult, exitCodes, nothingFound, refused } from './result.ts';
import { showAccount } from './show.ts';

async function main(command: Command): Promise<CommandResult> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { redis: topology, ...config } = parseConfig(process.env);
  const redis = connectRedis(topology, 'tool', 'ravi-accounts');
  redis.on('error', () => undefined);
  try {
    await waitForTool(redis, topology);
    return await run(createOperator(redis, config, command.by, systemClock), command);
  } finally {
    redis.disconnect();
  }
}

async function run(operator: Operator, command: Command): Promise<CommandResult> {
  const { name, subject } = command;
  if (name === 'find') return findAccounts(operator, subject, command.limit);
  if (name === 'key') {
    const text = subject === '-' ? (await readAll(process.stdin)).trim() : subject;
    return findKeys(operator, text, command.revoke);
  }
  if (name === 'reseal') return resealSecrets(operator);
  const found = await operator.directory.named(subject);
  const owner = found && (await operator.accounts.read(found.id));
  if (!owner)
    return nothingFound('There is no such account: give its id or its e-mail address, or use "find".');
  switch (name) {
    case 'show':
      return showAccount(operator, owner);
    case 'export':
      return exportAccount(operator, owner);
    case 'block':
      return blockAccount(operator, owner.account);
    case 'unblock':
      return unblockAccount(operator, owner.account);
    case 'end':
      return endAll(operator, owner.account);
    case 'reset-link':
      return makeResetLink(operator, owner.account);
    case 'reset-factors':
      return resetFactors(operator, owner.account);
    case 'delete': {
      const answer = command.yes ? 'yes' : await confirmDeletion(owner.account);
      if (answer === 'yes') return deleteAccount(operator, owner.account);
      return refused(
        answer === 'no'
          ? 'Nothing is deleted.'
          : 'Nothing is deleted: there is no terminal to ask. In a script, say --yes.',
      );
    }
  }
}

// The reader of the output has gone, as in `npm run accounts | head`.
process.stdout.on('error', () => process.exit(exitCodes.ok));
try {
  const command = readCommand(process.argv.slice(2));
  if (command === null) process.stdout.write(usage);
  else {
    const { exitCode, text, documents } = await main(command);
    const lines = documents.map((document) => `${JSON.stringify(document)}\n`).join('');
    if (exitCode !== exitCodes.ok) process.stderr.write(`${text}\n`);
    else process.stdout.write(command.json ? lines : `${text}\n`);
    process.exitCode = exitCode;
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : 'It failed for an unknown reason.';
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${reason}\n${isUsage ? 'Try: npm run accounts -- --help\n' : ''}`);
  process.exitCode = isUsage ? exitCodes.usage : exitCodes.failed;
}
