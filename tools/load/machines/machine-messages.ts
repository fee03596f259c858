import type { FromWorker, ToWorker } from '../processes/messages.ts';

/** The version of these messages and of a worker's. Machines of one run have the same. */
export const messagesVersion = 1;

/** What a machine says first on each connection, and in answer to `clock`. */
export interface MachineState {
  readonly kind: 'machine';
  readonly version: number;
  readonly openFilesLimit: number;
  /** Its clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** From the machine of a worker to the coordinator. */
export type FromMachine = MachineState | FromWorker;

/** From the coordinator to the machine of a worker. */
export type ToMachine = ToWorker | { readonly kind: 'clock' };
