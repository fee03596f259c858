import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a docker command and resolves to what it printed; rejects with what it complained of. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', args);
  return stdout.trim();
}

/** Evaluates an expression in a Node of a running container and resolves to what it printed. */
export function evaluateInside(container: string, expression: string): Promise<string> {
  return docker('exec', container, 'node', '-p', expression);
}
