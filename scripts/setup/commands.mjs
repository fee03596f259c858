import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The absolute path of a program on the PATH, or null. Folders that `skip` accepts are passed over.
 * @param {string} name
 * @param {(folder: string) => boolean} [skip]
 * @returns {string | null}
 */
export function findProgram(name, skip = () => false) {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !skip(folder));
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/**
 * Whether the path names an executable file.
 * @param {string} path
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a command quietly. Resolves to its output if it exits with 0; else rejects with it.
 * @param {readonly string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export function runQuietly([program = '', ...args], options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(output.trim()));
    });
  });
}
