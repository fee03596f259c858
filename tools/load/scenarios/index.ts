import type { LatencyName } from '../measuring/words.ts';
import { fanout } from './fanout.ts';
import { hold } from './hold.ts';
import { defaultRate as loginRate, login } from './login.ts';
import { poll } from './poll.ts';
import type { Scenario } from './run.ts';
import { defaultRate as soakRate, soak } from './soak.ts';
import { start } from './start.ts';

/** The numeric options of a run. */
export type Amount = 'clients' | 'connections' | 'rate' | 'ramp' | 'seconds' | 'think';

/** A scenario, with its description for the command line. */
export interface ScenarioEntry {
  readonly run: Scenario;
  readonly summary: string;
  /** The unit of work, in the plural. */
  readonly unit: string;
  /** Whether it needs an approver. */
  readonly approves: boolean;
  /** The numeric flags that it uses. */
  readonly takes: readonly Amount[];
  readonly measures: readonly LatencyName[];
  /** `rate`: of all processes together. */
  readonly defaults: {
    readonly clients: number;
    readonly seconds: number;
    readonly rate?: number;
    readonly ramp?: number;
  };
}

export const scenarios = {
  start: {
    run: start,
    summary: 'start logins for --seconds: codes per second',
    unit: 'codes',
    approves: false,
    takes: ['connections', 'rate', 'seconds'],
    measures: ['start'],
    defaults: { clients: 0, seconds: 10 },
  },
  poll: {
    run: poll,
    summary: 'poll --clients pending logins in turn for --seconds',
    unit: 'polls',
    approves: false,
    takes: ['clients', 'connections', 'rate', 'seconds'],
    measures: ['poll'],
    defaults: { clients: 20_000, seconds: 10 },
  },
  hold: {
    run: hold,
    summary: 'let --clients wait for --seconds: memory and idle CPU',
    unit: 'waits opened',
    approves: false,
    takes: ['clients', 'connections', 'seconds'],
    measures: [],
    defaults: { clients: 10_000, seconds: 10 },
  },
  fanout: {
    run: fanout,
    summary: 'let --clients wait, approve them all, at once or at --rate',
    unit: 'logins',
    approves: true,
    takes: ['clients', 'connections', 'rate'],
    measures: ['approve', 'answer', 'answer-server'],
    defaults: { clients: 10_000, seconds: 0 },
  },
  login: {
    run: login,
    summary: 'whole logins at --rate for --seconds, open loop',
    unit: 'logins',
    approves: true,
    takes: ['connections', 'rate', 'ramp', 'seconds', 'think'],
    measures: ['start', 'answer', 'answer-server', 'login'],
    defaults: { clients: 0, seconds: 30, rate: loginRate },
  },
  soak: {
    run: soak,
    summary: 'mixed traffic with disconnects at --rate for --seconds',
    unit: 'logins',
    approves: true,
    takes: ['connections', 'rate', 'ramp', 'seconds'],
    measures: ['start', 'answer', 'answer-server'],
    defaults: { clients: 0, seconds: 3_600, rate: soakRate },
  },
} as const satisfies Record<string, ScenarioEntry>;

export type ScenarioName = keyof typeof scenarios;
