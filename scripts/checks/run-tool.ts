import { spawn } from 'node:child_process';
import { root } from '../setup/root.mjs';

/** Runs a program of node_modules/.bin (or the pinned Node) with its output as ours; resolves to whether it exited with 0. */
export function runTool(command: readonly [program: string, ...args: string[]]): Promise<boolean> {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = Promise.withResolvers<boolean>();
  child.once('error', ended.reject);
  child.once('close', (code) => ended.resolve(code === 0));
  return ended.promise;
}
