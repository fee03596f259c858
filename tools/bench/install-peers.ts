import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoadError } from '../load/load-error.ts';

/** The peers have their own folder, dependencies and lock file, so that their dependencies do not change ours. */
const peersFolder = join(import.meta.dirname, 'peers');

/** Installs the peers' packages from their lock file. Throws LoadError if npm fails. */
export function ensurePeers(): void {
  if (isInstalled()) return;
  console.log('Installing the peers to compare with (tools/bench/peers, 60 packages) ...');
  // better-auth names a dozen frameworks as optional peers that contradict each other: none of them is used here.
  const args = ['ci', '--legacy-peer-deps', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stderr } = spawnSync('npm', args, { cwd: peersFolder, encoding: 'utf8' });
  if (status !== 0) {
    const reason = (stderr ?? '').split('\n').slice(0, 8).join('\n');
    throw new LoadError(`The peers could not be installed; --no-peers measures without them.\n${reason}`);
  }
}

/** Compares content, because file times change with every checkout and copy. */
function isInstalled(): boolean {
  const wanted = versions('package-lock.json');
  const installed = versions('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, version]) => installed[path] === version);
}

function versions(file: string): Readonly<Record<string, string>> {
  try {
    const lock = JSON.parse(readFileSync(join(peersFolder, file), 'utf8')) as {
      packages: Record<string, { version?: string; optional?: boolean }>;
    };
    return Object.fromEntries(
      Object.entries(lock.packages)
        .filter(([path, { optional }]) => path !== '' && optional !== true)
        .map(([path, { version }]) => [path, version ?? '']),
    );
  } catch {
    return {};
  }
}
