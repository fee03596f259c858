import { Counter, type Registry } from '@ravi/telemetry';
import type { Issued } from './issue-login.ts';

const outcomes = ['issued', 'issuedBefore', 'gone', 'aborted', 'minted', 'refused'] as const satisfies (
  | Issued['kind']
  | 'minted'
  | 'refused'
)[];

/** What became of one login or mint request of a job. */
export type IssuanceOutcome = (typeof outcomes)[number];

/** The issuer's counters. */
export interface IssuerMetrics {
  outcome(outcome: IssuanceOutcome): void;
  /** A job failed, and will be tried again. */
  retried(): void;
}

/** Registers the issuer's own metrics. */
export function createIssuerMetrics(registry: Registry): IssuerMetrics {
  const registers = [registry];
  const issuance = new Counter({
    name: 'ravi_issuance_total',
    help: 'Logins and mint requests by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of outcomes) issuance.inc({ outcome }, 0);
  const aborted = new Counter({
    name: 'ravi_logins_aborted_total',
    help: 'Approved logins for which no credentials can be made: the account is gone, or SECRET differs.',
    registers,
  });
  const retries = new Counter({
    name: 'ravi_issuance_retries_total',
    help: 'Issuance jobs that failed and are tried again.',
    registers,
  });
  return {
    outcome(outcome) {
      issuance.inc({ outcome });
      if (outcome === 'aborted') aborted.inc();
    },
    retried: () => retries.inc(),
  };
}
