import type { RequestMeasure } from './request-metrics.ts';

export interface RequestState {
  /** Identifies the request in logs and in `X-Request-Id`; never taken from the client, only from a trusted proxy. */
  requestId: string;
  /** The trace to which a trusted proxy says that the request belongs. */
  traceparent: string | undefined;
  /** Told when the request is answered. */
  measure: RequestMeasure;
}
