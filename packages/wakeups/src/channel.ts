/** The channel of one api instance. The braces pin it to one Cluster slot, for sharded pub/sub. */
export function wakeupChannel(instance: string): string {
  return `ravi:wake:{${instance}}`;
}
