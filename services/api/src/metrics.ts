import { type StartRefusal, startRefusals } from './limits/start-admission.ts';
import { Counter, Gauge, Histogram, type Registry } from '@ravi/telemetry';

/** The api's counters. */
export interface ApiMetrics {
  started(): void;
  approved(): void;
  denied(): void;
  /** A program was told that its login has expired. */
  expired(): void;
  startRefused(reason: StartRefusal): void;
  /** `waitedMs` is the time from the approval to the answer, or from the request if that came later. */
  redeemed(waitedMs: number): void;
  /** A user_code was entered that no login has. */
  wrongCode(): void;
  /** Wrong codes, over all instances, passed the threshold of this period. */
  guessingAlarm(): void;
  /** A human picked a number that the program does not show. */
  wrongNumber(): void;
  /** Too few replicas confirmed a record in time. */
  recordUnreplicated(): void;
}

/** Registers the api's own metrics. */
export function createApiMetrics(
  registry: Registry,
  heldNow: () => number,
  watchedNow: () => number,
  maxHeldWaits: number,
): ApiMetrics {
  const registers = [registry];
  const started = new Counter({ name: 'ravi_logins_started_total', help: 'Logins started.', registers });
  const startsRefused = new Counter({
    name: 'ravi_starts_refused_total',
    help: 'Starts refused: logins switched off, from outside START_NETWORKS, too many from an address, too many in total.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of startRefusals) startsRefused.inc({ reason }, 0);
  const approved = new Counter({ name: 'ravi_logins_approved_total', help: 'Logins approved.', registers });
  const denied = new Counter({ name: 'ravi_logins_denied_total', help: 'Logins denied.', registers });
  const expired = new Counter({
    name: 'ravi_logins_expired_total',
    help: 'Logins of which a program was told that they have expired; who does not ask any more is not counted.',
    registers,
  });
  const redeemed = new Counter({ name: 'ravi_logins_redeemed_total', help: 'Logins redeemed.', registers });
  const wrongCodes = new Counter({
    name: 'ravi_wrong_codes_total',
    help: 'User codes entered that no login has.',
    registers,
  });
  const alarms = new Counter({
    name: 'ravi_guessing_alarms_total',
    help: 'Periods in which the wrong codes of all instances passed WRONG_CODES_ALARM.',
    registers,
  });
  const wrongNumbers = new Counter({
    name: 'ravi_wrong_numbers_total',
    help: 'Logins denied because the person picked a number that the program does not show.',
    registers,
  });
  const unreplicated = new Counter({
    name: 'ravi_records_unreplicated_total',
    help: 'Records, or their ends, that fewer than RECORDS_REPLICAS replicas confirmed in time.',
    registers,
  });
  const latency = new Histogram({
    name: 'ravi_approval_to_answer_seconds',
    help: 'How long approved programs waited: from the approval to the answer, or from the request if that came later.',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    registers,
  });
  const held: Gauge = new Gauge({
    name: 'ravi_held_waits',
    help: 'Requests held open now.',
    registers,
    collect: () => held.set(heldNow()),
  });
  new Gauge({
    name: 'ravi_held_waits_limit',
    help: 'Requests that this process holds at most; above it, programs are told to ask again.',
    registers,
  }).set(maxHeldWaits);
  const watched: Gauge = new Gauge({
    name: 'ravi_watched_pages',
    help: 'Pages held open now until their program collects.',
    registers,
    collect: () => watched.set(watchedNow()),
  });
  return {
    started: () => started.inc(),
    approved: () => approved.inc(),
    denied: () => denied.inc(),
    expired: () => expired.inc(),
    startRefused: (reason) => startsRefused.inc({ reason }),
    wrongCode: () => wrongCodes.inc(),
    guessingAlarm: () => alarms.inc(),
    wrongNumber: () => wrongNumbers.inc(),
    recordUnreplicated: () => unreplicated.inc(),
    redeemed: (waitedMs) => {
      redeemed.inc();
      latency.observe(waitedMs / 1000);
    },
  };
}
