import { join } from 'node:path';
import { findProgram, isExecutable, runQuietly } from './commands.mjs';
import { unpackDebianPackages } from './debian-package.mjs';
import { say, SetupError } from './problem.mjs';
import { root } from './root.mjs';

/** The folder of an unpacked redis-server: outside node_modules, which "npm ci" empties. */
const ownCopy = join(root, '.ravi/redis-server');

/** Package managers that install for the whole machine, and so need root. */
const systemInstallers = [
  { program: 'dnf', command: ['dnf', 'install', '-y', '-q', 'redis'] },
  { program: 'apk', command: ['apk', 'add', '-q', 'redis'] },
];

/**
 * The path of a Redis program, installed if necessary; null if no local program is used: a server that REDIS_URL names,
 * or a container. Throws `SetupError` if there is none.
 * @returns {Promise<string | null>}
 */
export async function ensureRedisServer() {
  if (process.env['REDIS_URL'] || process.env['REDIS_CLUSTER_NODES'] || process.env['REDIS_SENTINELS'])
    return null;
  return findRedisServer() ?? (await installRedisServer());
}

function findRedisServer() {
  const given = process.env['REDIS_SERVER_BIN'];
  if (given && !isExecutable(given)) throw new SetupError(`REDIS_SERVER_BIN names no program: ${given}`);
  return (
    given ??
    [join(ownCopy, 'redis-server')].find(isExecutable) ??
    findProgram('redis-server') ??
    findProgram('valkey-server')
  );
}

/** Tries the methods for this machine, the one that changes it least first. */
async function installRedisServer() {
  for (const attempt of [unpackFromDebian, installBySystem, installByHomebrew]) {
    try {
      const installed = await attempt();
      if (installed) return installed;
    } catch (error) {
      const output = error instanceof Error ? error.message : String(error);
      say(`that failed: ${output.split('\n').at(-1)}`);
    }
  }
  if (await hasDocker()) {
    say('no redis-server here; a container will serve');
    return null;
  }
  throw new SetupError(
    'There is no redis-server and no way to get one here: install Redis 7 or newer, or start Docker, or set REDIS_URL.',
  );
}

/** Debian and Ubuntu: unpacked into the project, so it needs no root and starts no service. */
async function unpackFromDebian() {
  if (!findProgram('apt-get') || !findProgram('dpkg-deb')) return null;
  say("unpacking redis-server from the distribution's packages into .ravi/ ...");
  return unpackDebianPackages('redis-server', ['redis-server', 'redis-tools'], ownCopy);
}

async function installBySystem() {
  const installer = systemInstallers.find(({ program }) => findProgram(program));
  if (!installer) return null;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !findProgram('sudo')) return null;
  const command = isRoot ? installer.command : ['sudo', '-n', ...installer.command];
  say(`installing Redis: ${command.join(' ')} ...`);
  await runQuietly(command);
  return findRedisServer();
}

async function installByHomebrew() {
  if (!findProgram('brew')) return null;
  say('installing Redis: brew install redis ...');
  await runQuietly(['brew', 'install', '--quiet', 'redis']);
  return findRedisServer();
}

async function hasDocker() {
  return runQuietly(['docker', 'info']).then(
    () => true,
    () => false,
  );
}
