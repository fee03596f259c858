import { type Count, countNames, type Fault, type FaultKind, faultKinds, type Tally } from './ledger.ts';

/** What each count says to people. */
const countWords: Readonly<Record<Count, string>> = {
  started: 'logins started',
  approved: 'approved',
  denied: 'denied',
  received: 'credentials received',
  collectedLate: 'credentials received only when asked for again',
  polled: 'polls',
  slowedDown: 'polls told to slow down',
  abandoned: 'given up by the program',
  refused: 'programs told of a denial',
  askedAgain: 'waits that asked again',
  unavailable: 'answers "unavailable" and refused connections, asked again',
  disconnected: 'connections lost by the program',
  tornOff: 'answers lost with their connection',
  lost: 'logins lost',
  duplicated: 'logins doubled',
  givenAgain: 'codes that gave the same credentials again',
  failed: 'failures',
};

const faultWords: Readonly<Record<FaultKind, string>> = {
  lost: 'lost',
  duplicated: 'doubled',
  givenAgain: 'given again',
  failed: 'failed',
};

/** The faults that are known by name, under what their kind is called. */
export function toldFaults({
  faults,
}: Tally): readonly (readonly [word: string, faults: readonly Fault[]])[] {
  return faultKinds.map((kind) => [faultWords[kind], faults[kind]]);
}

/** The names by which `--require` calls the latencies, and what they are called in results. */
export const latencyNames = {
  start: 'start',
  poll: 'poll',
  approve: 'approve call',
  answer: 'approval sent to answer',
  'answer-server': 'approved to answer, server',
  login: 'whole login, without thinking',
} as const;

export type LatencyName = keyof typeof latencyNames;

/** The counts that happened, in words; zeros say nothing, except of what must not happen. */
export function toldCounts(
  counts: Readonly<Record<Count, number>>,
): readonly (readonly [word: string, count: number])[] {
  return countNames
    .filter((name) => counts[name] > 0 || name === 'lost' || name === 'duplicated')
    .map((name) => [countWords[name], counts[name]]);
}
