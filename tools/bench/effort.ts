import type { Effort } from './figure.ts';

/** The size of measurements: enough for reliable medians, or just enough to see that everything works. */
export function effortOf(quick: boolean, peers: boolean): Effort {
  return quick
    ? {
        peers,
        write: false,
        rounds: 1,
        seconds: 0.5,
        polled: 5_000,
        held: [{ waits: 2_000, rounds: 1, idleSeconds: 2 }],
        fanout: 500,
        jobs: 800,
        pending: [200, 1_000],
        costed: 150,
        heldAndWoken: 2_000,
        idleLogins: 10,
        pollingLogins: 3,
      }
    : {
        peers,
        write: true,
        rounds: 5,
        seconds: 1.5,
        polled: 25_000,
        held: [
          { waits: 10_000, rounds: 5, idleSeconds: 0 },
          // Longer than the api's sweep over all held waits, so that it includes a whole sweep.
          { waits: 50_000, rounds: 5, idleSeconds: 45 },
        ],
        fanout: 10_000,
        jobs: 4_000,
        pending: [1_000, 100_000],
        costed: 1_500,
        heldAndWoken: 100_000,
        idleLogins: 75,
        pollingLogins: 25,
      };
}
