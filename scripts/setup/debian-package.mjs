import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runQuietly } from './commands.mjs';

/**
 * Unpacks a program's Debian packages, with the libraries that this machine lacks, into a folder of ours and returns
 * the path of a script that runs it. Needs no root and does not change the system: apt uses its own lists and cache.
 * Rejects with apt's output if that fails.
 * @param {string} program its name, found in usr/bin of one of the packages
 * @param {readonly string[]} packages those that must be unpacked even where the system has them already
 * @param {string} folder absolute; replaced
 * @returns {Promise<string>}
 */
export async function unpackDebianPackages(program, packages, folder) {
  const work = `${folder}.partial`;
  const cache = join(work, 'apt');
  await rm(work, { recursive: true, force: true });
  await mkdir(join(cache, 'lists/partial'), { recursive: true });
  await mkdir(join(cache, 'archives/partial'), { recursive: true });

  const apt = ['apt-get', '-qq', ...aptOptions(cache)];
  await runQuietly([...apt, 'update']);
  await runQuietly([
    ...apt,
    'install',
    '-y',
    '--no-install-recommends',
    '--download-only',
    '--reinstall',
    ...packages,
  ]);
  const downloaded = (await readdir(join(cache, 'archives'))).filter((name) => name.endsWith('.deb'));
  for (const name of downloaded) await runQuietly(['dpkg-deb', '-x', join(cache, 'archives', name), work]);
  await rm(cache, { recursive: true });

  await writeFile(join(work, program), launcher(program), { mode: 0o755 });
  await runQuietly([join(work, program), '--version']);
  await rm(folder, { recursive: true, force: true });
  await rename(work, folder);
  return join(folder, program);
}

/** @param {string} cache */
function aptOptions(cache) {
  const settings = [
    `Dir::State=${cache}`,
    `Dir::State::lists=${join(cache, 'lists')}`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${cache}`,
    'Debug::NoLocking=1',
    // As root, apt would download as the user _apt, who cannot write here.
    'APT::Sandbox::User=root',
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

/** @param {string} program */
function launcher(program) {
  return `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu*):$LD_LIBRARY_PATH
export LD_LIBRARY_PATH
exec "$here/usr/bin/${program}" "$@"
`;
}
