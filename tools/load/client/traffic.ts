/** Bytes of requests and answers, without what TLS, TCP and IP add. */
export interface Traffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

let sentBytes = 0;
let receivedBytes = 0;

/** Counts what a socket sent. */
export function countSent(bytes: number): void {
  sentBytes += bytes;
}

/** Counts what a socket received. */
export function countReceived(bytes: number): void {
  receivedBytes += bytes;
}

/** What all sockets of this process sent and received so far. */
export function trafficSoFar(): Traffic {
  return { sentBytes, receivedBytes };
}
