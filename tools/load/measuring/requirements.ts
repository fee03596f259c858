import { LoadError } from '../load-error.ts';
import type { LatencySummary } from './latencies.ts';
import type { Tally } from './ledger.ts';
import { latencyNames, type LatencyName } from './words.ts';

/** Something that must be so at the end of a run, such as `answer.p99<50ms`. */
export interface Requirement {
  /** As it was written. */
  readonly text: string;
  readonly figure: Figure;
  readonly operator: Operator;
  /** In milliseconds, or as a plain number. */
  readonly value: number;
}

export interface CheckedRequirement {
  readonly text: string;
  /** Null: it was not measured. */
  readonly actual: number | null;
  readonly unit: 'ms' | '/s' | '';
  readonly met: boolean;
}

/** What a scenario does and measures. */
interface Measuring {
  /** Whether logins are approved, so that they can be lost. */
  readonly approves: boolean;
  readonly measures: readonly LatencyName[];
}

/** The part of a result that requirements are about. */
export interface Measured {
  readonly perSecond: number;
  readonly tally: Tally;
  readonly latencies: Readonly<Record<string, LatencySummary>>;
}

type Figure =
  | { readonly kind: 'count'; readonly name: keyof typeof counts }
  | { readonly kind: 'pace' }
  | {
      readonly kind: 'latency';
      readonly name: LatencyName;
      readonly statistic: (typeof statistics)[number];
    };

type Operator = keyof typeof operators;

const counts = { lost: 'lost', doubled: 'duplicated', failed: 'failed', unavailable: 'unavailable' } as const;
const statistics = ['min', 'mean', 'p50', 'p90', 'p99', 'p999', 'max'] as const;

const operators = {
  '<=': (actual: number, value: number) => actual <= value,
  '>=': (actual: number, value: number) => actual >= value,
  '<': (actual: number, value: number) => actual < value,
  '>': (actual: number, value: number) => actual > value,
  '=': (actual: number, value: number) => actual === value,
} as const;

const shape = /^([\w.-]+?) *(<=|>=|<|>|=) *(\d+(?:\.\d+)?) *(ms|s|\/s|)$/;

/** Reads a requirement of a scenario. Throws LoadError with a sentence that says how one is written. */
export function parseRequirement(text: string, { approves, measures }: Measuring): Requirement {
  const [, name = '', sign = '', number = '', unit = ''] = shape.exec(text.trim()) ?? [];
  const figure = figureOf(name);
  if (figure === null || !isOperator(sign)) {
    throw new LoadError(
      `--require "${text}": write a figure, one of < <= > >= =, and a value, such as 'lost=0', 'pace>=500/s' or 'answer.p99<50ms'. A figure is ${figuresOf(measures)}.`,
    );
  }
  if (figure.kind === 'latency' && !measures.includes(figure.name)) {
    throw new LoadError(
      `--require "${text}": this scenario does not measure "${figure.name}", only ${figuresOf(measures)}.`,
    );
  }
  if (figure.kind === 'count' && !approves && (figure.name === 'lost' || figure.name === 'doubled')) {
    throw new LoadError(
      `--require "${text}": this scenario approves nothing, so that no login could be ${figure.name}.`,
    );
  }
  const units: readonly string[] = { count: [''], pace: ['', '/s'], latency: ['ms', 's'] }[figure.kind];
  if (!units.includes(unit)) {
    const needed = figure.kind === 'latency' ? 'needs the unit ms or s' : `has no unit "${unit}"`;
    throw new LoadError(`--require "${text}": ${name} ${needed}.`);
  }
  return { text, figure, operator: sign, value: Number(number) * (unit === 's' ? 1_000 : 1) };
}

/** Compares what is required with what was measured. What was not measured is not met. */
export function checkRequirements(
  requirements: readonly Requirement[],
  measured: Measured,
): readonly CheckedRequirement[] {
  return requirements.map(({ text, figure, operator, value }) => {
    const actual = actualOf(figure, measured);
    const unit = ({ count: '', pace: '/s', latency: 'ms' } as const)[figure.kind];
    return { text, actual, unit, met: actual !== null && operators[operator](actual, value) };
  });
}

function actualOf(figure: Figure, { perSecond, tally, latencies }: Measured): number | null {
  switch (figure.kind) {
    case 'count':
      return tally.counts[counts[figure.name]];
    case 'pace':
      return perSecond;
    case 'latency': {
      const summary = latencies[latencyNames[figure.name]];
      return summary && summary.count > 0 ? summary[figure.statistic] : null;
    }
  }
}

function figureOf(text: string): Figure | null {
  if (text === 'pace') return { kind: 'pace' };
  if (isOneOf(text, counts)) return { kind: 'count', name: text };
  const [name = '', word] = text.split('.');
  const statistic = statistics.find((known) => known === word);
  return isOneOf(name, latencyNames) && statistic !== undefined ? { kind: 'latency', name, statistic } : null;
}

/** What a requirement may be about. */
function figuresOf(measures: readonly LatencyName[]): string {
  const plain = `a count (${Object.keys(counts).join(', ')}) or pace (units of work a second)`;
  if (measures.length === 0) return plain;
  return `${plain}, or a latency (${measures.join(', ')}) with its statistic (${statistics.join(', ')})`;
}

const isOneOf = <Known extends object>(text: string, known: Known): text is Extract<keyof Known, string> =>
  Object.hasOwn(known, text);

const isOperator = (sign: string): sign is Operator => isOneOf(sign, operators);
