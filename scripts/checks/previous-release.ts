import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../setup/root.mjs';

/** The commit of the last release, 0.1.0, beside which this one has to run: with each release this moves on. */
const commit = 'ae0d47deefdb61fd977a521e488b295e50238ed7';

/** What is missing on a machine without that commit, as in a shallow clone; null if nothing is. */
export function missingRelease(): string | null {
  try {
    execFileSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root, stdio: 'ignore' });
    return null;
  } catch {
    return `the last release beside this one, which needs commit ${commit} of the history: git fetch --unshallow`;
  }
}

/**
 * Unpacks the last release and returns its folder. Its packages are its own; what they depend on is what is installed here. Throws
 * when the commit is not in the history.
 */
export function unpackRelease(): string {
  const folder = join(root, '.ravi/releases', commit);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    const archive = execFileSync('git', ['archive', commit, 'packages', 'services', 'openapi.json'], {
      cwd: root,
      maxBuffer: 256 * 1024 * 1024,
    });
    execFileSync('tar', ['-x', '-C', draft], { input: archive });
    linkPackages(draft);
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Lets the packages find each other, as npm does for a workspace. */
function linkPackages(folder: string): void {
  for (const file of globSync('packages/*/package.json', { cwd: folder })) {
    const [, name = ''] = /"name": "([^"]+)"/.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join('../..', dirname(file)), link);
  }
}
