/** The queue of the floor worker that does this work. */
export function floorQueueName(work: string): string {
  return `floor-${work}`;
}

/** A job of a floor. `addedMs`: when it was added, in milliseconds since the epoch, where its age shall be told. */
export interface FloorJob {
  readonly loginId: string;
  readonly addedMs?: number;
}
