import type { RequestMeasure } from './request-metrics.ts';

/** The state of every request. */
export interface RequestState {
  /** Identifies the request in logs and in `X-Request-Id`; never taken from the client. */
  requestId: string;
  /** Told when the request is answered. */
  measure: RequestMeasure;
}
