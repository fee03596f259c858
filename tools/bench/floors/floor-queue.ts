/** The queue of the floor worker that does this work. */
export function floorQueueName(work: string): string {
  return `floor-${work}`;
}

/** A job of a floor. `addedMs`: when it was added, in milliseconds since the epoch, if its age is to be reported. */
export interface FloorJob {
  readonly loginId: string;
  readonly addedMs?: number;
}
