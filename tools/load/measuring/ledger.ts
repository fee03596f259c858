import { nowMs } from './now.ts';

/** One login as the load generator knows it. Times in milliseconds since the epoch, 0 for "not yet". */
export interface Login {
  readonly deviceCode: string;
  /** Identifies the login in results: it is no secret, and invalid after the run. */
  readonly userCode: string;
  /** The number that the program shows to its person; empty where the service has none for it. */
  readonly verification: string;
  approveSentMs: number;
  approvedMs: number;
  receivedMs: number;
  /** The end of the access token that it got; empty: not yet. */
  token: string;
  denied: boolean;
  /** The client disconnected while the credentials may have been on their way: they may be lost with it. */
  tornOff: boolean;
  /** Whether anything went wrong with it. */
  failed: boolean;
}

/** For faults that belong to no login. */
export const noLogin = '(not started)';

/** A login, or a step of one, that went wrong. */
export interface Fault {
  readonly login: string;
  readonly why: string;
}

/** The outcomes of all logins of a process or a run. */
export interface Tally {
  readonly counts: Readonly<Record<Count, number>>;
  /** The first of each kind by name; the counts are complete. */
  readonly faults: Readonly<Record<FaultKind, readonly Fault[]>>;
}

export type Count =
  | 'started'
  | 'polled'
  | 'slowedDown'
  | 'approved'
  | 'denied'
  | 'abandoned'
  | 'received'
  | 'refused'
  | 'askedAgain'
  | 'unavailable'
  | 'disconnected'
  | 'collectedLate'
  | 'tornOff'
  | FaultKind;

/**
 * `lost`: approved, but the credentials came neither with the held request nor with a repeated one. `duplicated`: a
 * device_code gave two different credentials, or credentials that another one gave. `givenAgain`: it gave the
 * same ones again. `failed`: all other faults.
 */
export type FaultKind = (typeof faultKinds)[number];

export const faultKinds = ['lost', 'duplicated', 'givenAgain', 'failed'] as const;

/** Faults kept by name, of each kind. */
const namedFaults = 200;

/** Characters of the signature at the end of a token that identify it: whole tokens would fill the memory. */
const tokenEnd = 22;

/** Every count, in the order in which it is told. */
export const countNames: readonly Count[] = [
  'started',
  'polled',
  'slowedDown',
  'approved',
  'denied',
  'abandoned',
  'received',
  'refused',
  'askedAgain',
  'unavailable',
  'disconnected',
  'collectedLate',
  'tornOff',
  ...faultKinds,
];

/** Counts the outcomes of logins, and names those with faults. */
export class Ledger {
  readonly #counts = Object.fromEntries(countNames.map((name) => [name, 0])) as Record<Count, number>;
  /** Which login got a token. */
  readonly #ownerOf = new Map<string, string>();
  readonly #faults: Record<FaultKind, Fault[]> = { lost: [], duplicated: [], givenAgain: [], failed: [] };

  count(what: Exclude<Count, FaultKind>, by = 1): void {
    this.#counts[what] += by;
  }

  /** Whether a login was ever started: then the target did answer. */
  hasStarted(): boolean {
    return this.#counts.started > 0;
  }

  /** Logins that were approved or denied so far. */
  decided(): number {
    return this.#counts.approved + this.#counts.denied;
  }

  /** Notes a fault. `login` is null for a login that never got its codes. */
  fault(kind: FaultKind, login: Login | null, why: string): void {
    this.#counts[kind] += 1;
    if (login !== null) login.failed = true;
    if (this.#faults[kind].length < namedFaults)
      this.#faults[kind].push({ login: login?.userCode ?? noLogin, why });
  }

  /** A login was shown this access token: no other may have been, and it no other. */
  noteToken(login: Login, accessToken: string): void {
    const token = accessToken.slice(-tokenEnd);
    const owner = this.#ownerOf.get(token) ?? login.userCode;
    if (owner !== login.userCode) this.fault('duplicated', login, `got the credentials of ${owner}`);
    else if (login.token !== '' && login.token !== token)
      this.fault('duplicated', login, 'got other credentials than before');
    login.token = token;
    this.#ownerOf.set(token, owner);
  }

  /** The credentials came, whose token was noted. */
  receive(login: Login): void {
    if (login.receivedMs > 0)
      return this.fault('givenAgain', login, 'its code gave the same credentials again');
    login.receivedMs = nowMs();
    this.count('received');
    if (login.denied) this.fault('failed', login, 'denied, and yet it got credentials');
    else if (login.approveSentMs === 0) this.fault('failed', login, 'got credentials without an approval');
  }

  merge({ counts, faults }: Tally): void {
    for (const name of countNames) this.#counts[name] += counts[name];
    for (const kind of faultKinds) {
      this.#faults[kind].push(...faults[kind].slice(0, namedFaults - this.#faults[kind].length));
    }
  }

  tally(): Tally {
    return { counts: { ...this.#counts }, faults: this.#faults };
  }
}

/**
 * Whether every approved login gave its credentials once. One whose api, or Redis, died between the answer and the note of it gives the
 * same ones again (docs/failure-modes.md): with `faults`, that is no breach.
 */
export function keptThePromise({ counts }: Tally, faults: 'faults' | 'no faults'): boolean {
  return counts.lost === 0 && counts.duplicated === 0 && (counts.givenAgain === 0 || faults === 'faults');
}
