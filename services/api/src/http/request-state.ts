/** What every request has. */
export interface RequestState {
  /** Names the request in logs and in `X-Request-Id`. Made here, never taken from the client. */
  requestId: string;
}
