import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoadError } from '../load/load-error.ts';

/** The peers have a folder, dependencies and a lock file of their own: what they want must not change what we get. */
const peersFolder = join(import.meta.dirname, 'peers');

/** Makes the peers' node_modules hold what their lock file says. Throws LoadError when npm cannot. */
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

/** By content: file times change with every checkout and copy. */
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
