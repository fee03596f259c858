import { spawnSync } from 'node:child_process';

/** The commit of the repository that a folder is in, with `-dirty` if there are uncommitted changes; null if there is none. */
export function commitOf(folder: string): string | null {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}
