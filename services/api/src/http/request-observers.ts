import type { Logger } from '@ravi/telemetry';
import type { RequestMetrics } from './request-metrics.ts';

/** Who learns of requests: what was refused and why, how many there are and how long they take. */
export interface RequestObservers {
  readonly logger: Logger;
  readonly requests: RequestMetrics;
  /** Redis could not serve a request, by this error. */
  readonly onUnavailable: (error: unknown) => void;
}
