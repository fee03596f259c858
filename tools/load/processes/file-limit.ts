import { readFileSync } from 'node:fs';

/**
 * Open files that this process and its children may have. Node raises its own limit to the system's maximum (the hard
 * limit) at its start; only an administrator can raise that.
 */
export function fileLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\w+)/m.exec(limits)?.[1];
    return soft === 'unlimited' || soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // Not Linux: assume macOS's limit.
    return 10_240;
  }
}
