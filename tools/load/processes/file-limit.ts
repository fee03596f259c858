import { readFileSync } from 'node:fs';

/**
 * Open files that this process and its children may have. Node has raised its own limit to the most that the system
 * lets it (the hard limit) before any of our code runs; more than that only an administrator can allow.
 */
export function fileLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\w+)/m.exec(limits)?.[1];
    return soft === 'unlimited' || soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // No Linux: assume what macOS gives.
    return 10_240;
  }
}
