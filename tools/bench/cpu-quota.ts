import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';
const periodUs = 10_000;

/**
 * Limits a process to this share of a core, like a container with a CPU limit, through its own control group. Returns a function that
 * removes the group after the process has ended; null if the machine does not allow it (it needs root).
 */
export function limitCpu(pid: number, share: number): (() => void) | null {
  const isUnified = existsSync(join(root, 'cgroup.controllers'));
  const group = join(root, isUnified ? '' : 'cpu', `ravi-bench-${pid}`);
  const quotaUs = Math.round(share * periodUs);
  try {
    mkdirSync(group);
    if (isUnified) {
      writeFileSync(join(group, 'cpu.max'), `${quotaUs} ${periodUs}`);
    } else {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(periodUs));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quotaUs));
    }
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    return () => rmdirSync(group);
  } catch {
    return null;
  }
}
