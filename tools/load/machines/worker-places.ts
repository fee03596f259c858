import { openFilesLimit } from '@ravi/runtime';
import { LoadError } from '../load-error.ts';
import type { LoadOptions, Machines } from '../options.ts';
import type { OpenLink } from '../processes/load-worker.ts';
import { mayOpen, processesFor } from '../processes/shares.ts';
import { startWorkerProcess } from '../processes/worker-process.ts';
import { borrowWorker, type RemoteWorker } from './remote-worker.ts';

/** Where the workers of a run are. */
export interface WorkerPlaces {
  readonly links: readonly OpenLink[];
  /** Gives back what was borrowed. */
  close(): void;
}

type Size = Pick<LoadOptions, 'clients' | 'connections' | 'processes'>;

/** The places for the workers of a run, here or on its machines. Throws LoadError if they cannot open enough sockets, or do not answer. */
export async function openPlaces(options: Size & Pick<LoadOptions, 'machines'>): Promise<WorkerPlaces> {
  if (options.machines !== null) return borrowPlaces(options, options.machines);
  const processes = processesOfEach(options, 1, openFilesLimit(), 'here');
  return { links: Array.from({ length: processes }, () => startWorkerProcess), close: () => undefined };
}

async function borrowPlaces(size: Size, { addresses, key }: Machines): Promise<WorkerPlaces> {
  const borrowed: RemoteWorker[] = [];
  const close = () => borrowed.forEach((worker) => worker.close());
  try {
    const first = await settledAll(
      addresses.map((address) => borrowWorker(address, key)),
      borrowed,
    );
    const limit = Math.min(...first.map((worker) => worker.openFilesLimit));
    const processes = processesOfEach(size, addresses.length, limit, 'on one of the machines');
    const others = addresses.flatMap((address) =>
      Array.from({ length: processes - 1 }, () => borrowWorker(address, key)),
    );
    await settledAll(others, borrowed);
    return { links: borrowed.map(({ open }) => open), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Waits for all, keeps those that came, and throws the first failure. */
async function settledAll(workers: readonly Promise<RemoteWorker>[], kept: RemoteWorker[]) {
  const settled = await Promise.allSettled(workers);
  const came = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  kept.push(...came);
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return came;
}

/** How many processes each machine needs. Throws LoadError where so many as are wanted may not open enough files. */
export function processesOfEach(
  { clients, connections, processes }: Size,
  machines: number,
  filesLimit: number,
  where: string,
): number {
  const sockets = Math.ceil(clients / machines) + connections;
  const count = processes ?? processesFor(sockets, filesLimit);
  if (!mayOpen(sockets, count, filesLimit)) {
    throw new LoadError(
      `A process may open ${filesLimit} files ${where}, some of which it needs itself, and that is too few for its share of ${clients} clients: ` +
        'leave --processes out, or raise the limit (ulimit -n, or LimitNOFILE=) as an administrator.',
    );
  }
  return count;
}
