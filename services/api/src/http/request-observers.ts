import type { Logger } from '@ravi/telemetry';
import type { RequestMetrics } from './request-metrics.ts';

/** Where requests are noted: refusals in the log, numbers and durations in metrics. */
export interface RequestObservers {
  readonly logger: Logger;
  readonly requests: RequestMetrics;
  /** Redis could not serve a request, by this error. */
  readonly onUnavailable: (error: unknown) => void;
}
