import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findProgram, isExecutable, runQuietly } from './commands.mjs';
import { say, SetupError } from './problem.mjs';
import { root } from './root.mjs';

/** The Node that the project pins: the dev dependency `node`. */
export const pinnedNode = join(root, 'node_modules/.bin/node');

/**
 * Installs the packages of package-lock.json, the pinned Node included. Does nothing if they are installed.
 * Throws `SetupError` if npm fails.
 */
export async function ensureDependencies() {
  if (!matchesLockFile()) {
    say('installing the dependencies with npm ci (a minute or two) ...');
    await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (!isExecutable(pinnedNode)) {
    // npm was told not to run install scripts, and this one puts the pinned Node in its place.
    say('installing the pinned Node ...');
    await npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  }
  if (!isExecutable(pinnedNode)) {
    throw new SetupError(
      'npm left out the package "node" that this project pins: run "npm ci --include=dev".',
    );
  }
}

/**
 * The Node for a task that must not install anything: the pinned one, or without it ("npm ci --omit=dev") the one that runs
 * this. Throws `SetupError` if there are no packages, or if that Node is too old for TypeScript.
 */
export function installedNode() {
  if (!readLock('node_modules/.package-lock.json'))
    throw new SetupError(
      'The packages are not installed: run "npm ci --omit=dev" for the services and their tools, or "npm ci" to develop.',
    );
  if (isExecutable(pinnedNode)) return pinnedNode;
  if (!process.features['typescript'])
    throw new SetupError(
      `Node ${process.version} is too old to run the tools: use Node 24 or newer, as for the services.`,
    );
  return process.execPath;
}

/**
 * Whether everything in the lock file is installed at its version. It compares content, because file times change with
 * every checkout and copy. Optional packages may be absent: they belong to other platforms.
 */
function matchesLockFile() {
  const wanted = readLock('package-lock.json');
  const installed = readLock('node_modules/.package-lock.json');
  if (!wanted)
    throw new SetupError(
      'package-lock.json is missing or broken: restore it with "git checkout package-lock.json".',
    );
  if (!installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    return found ? found.version === entry.version : entry.optional === true || entry.devOptional === true;
  });
}

/**
 * The packages of a lock file by their folder, or null when it cannot be read.
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> | null}
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return null;
  }
}

/**
 * Runs npm with the machine's own Node: under "npm test" the PATH starts with the pinned one, which "npm ci" will
 * delete.
 * @param {readonly string[]} args
 */
async function npm(args) {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !inProject(folder));
  const program = findProgram('npm', inProject);
  if (!program)
    throw new SetupError('npm is missing: install Node 20 or newer together with npm (https://nodejs.org).');
  const { NODE_ENV: _production, ...env } = process.env;
  try {
    await runQuietly([program, ...args], {
      cwd: root,
      env: { ...env, PATH: [...path, dirname(program)].join(delimiter) },
    });
  } catch (error) {
    const output = error instanceof Error ? error.message : String(error);
    // The start of npm's output says what is wrong; usage and advice follow.
    console.error(output.split('\n').slice(0, 12).join('\n'));
    throw new SetupError(
      output.includes('EUSAGE')
        ? 'package-lock.json does not fit package.json: run "npm install" and try again.'
        : `"npm ${args[0]}" failed, as above: check that this machine reaches the npm registry and that ${root} is writable, then try again.`,
    );
  }
}

/** @param {string} folder */
function inProject(folder) {
  return folder.startsWith(join(root, 'node_modules'));
}
