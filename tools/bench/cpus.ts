import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Whether this machine can pin processes to CPUs, and has two. */
const pins = cpus().length >= 2 && spawnSync('taskset', ['--version']).status === 0;

/** The CPU of the measured server; null without pinning. */
export const serverCpu = pins ? 0 : null;

/** The CPU of Redis and of the client. */
export const otherCpu = pins ? 1 : null;

/** Keeps this process, its threads and the processes that it starts from now on to a CPU, or lets them run on all. */
export function runOn(cpu: number | null): void {
  if (!pins) return;
  spawnSync('taskset', ['-apc', cpu === null ? `0-${cpus().length - 1}` : String(cpu), String(process.pid)]);
}
