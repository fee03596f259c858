import { type ChildProcess, spawn } from 'node:child_process';
import { root } from '../setup/root.mjs';

/** A program of node_modules/.bin, or the pinned Node, with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** Runs a program with its output as ours; resolves to whether it exited with 0. */
export function runTool([program, ...args]: Command): Promise<boolean> {
  return succeeds(spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }));
}

/** Runs a program beside others: what it printed comes with how it ended, in one piece. */
export async function runToolBeside([program, ...args]: Command): Promise<{
  readonly succeeded: boolean;
  readonly output: string;
}> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { succeeded: await succeeds(child), output };
}

function succeeds(child: ChildProcess): Promise<boolean> {
  const ended = Promise.withResolvers<boolean>();
  child.once('error', ended.reject);
  child.once('close', (code) => ended.resolve(code === 0));
  return ended.promise;
}
