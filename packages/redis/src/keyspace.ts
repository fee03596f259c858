/**
 * The processes: a hash of their instances. Each holds, as JSON, service, host, settings, queues, seen_at (ms since the epoch), whether
 * it has joined and when. TTL: 15 s after a process told last that it is there; an instance is dropped 15 s after it was silent.
 */
export function processesKey(): string {
  return 'ravi:processes';
}

/** What is written behind a record, in its Cluster slot, to learn whether replicas have it: an empty string. TTL: 1 s. */
export function markKey(recordKey: string): string {
  return `ravi:mark:{${slotTag(recordKey)}}`;
}

/** The part of a key that decides about its Cluster slot. (Redis Cluster specification, hash tags) */
export function slotTag(key: string): string {
  const begin = key.indexOf('{');
  const end = key.indexOf('}', begin);
  return begin === -1 || end <= begin + 1 ? key : key.slice(begin + 1, end);
}
