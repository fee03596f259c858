import type { Share } from '../scenarios/run.ts';

/** Files that a process needs besides its sockets: libraries, pipes, the event loop's own. */
const otherFiles = 200;

/** The number of processes for this many sockets, if each may open `fileLimit` files. */
export function processesFor(sockets: number, fileLimit: number): number {
  return Math.max(1, Math.ceil(sockets / Math.max(1, fileLimit - otherFiles)));
}

/** Whether so many processes, which share these sockets, may open them, if each may open `fileLimit` files. */
export function mayOpen(sockets: number, processes: number, fileLimit: number): boolean {
  return Math.ceil(sockets / processes) + otherFiles <= fileLimit;
}

/** Splits a load into equal shares; the first ones get the remainder. */
export function splitShare(whole: Share, processes: number): readonly Share[] {
  const part = (total: number, index: number) =>
    Math.floor(total / processes) + (index < total % processes ? 1 : 0);
  return Array.from({ length: processes }, (_, index) => ({
    ...whole,
    clients: part(whole.clients, index),
    connections: Math.max(1, part(whole.connections, index)),
    rate: whole.rate === null ? null : whole.rate / processes,
  }));
}
