/** Bytes of requests and answers, without TLS, TCP and IP. */
export interface Traffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

let sentBytes = 0;
let receivedBytes = 0;

export function countSent(bytes: number): void {
  sentBytes += bytes;
}

export function countReceived(bytes: number): void {
  receivedBytes += bytes;
}

/** Bytes that all sockets of this process have sent and received. */
export function trafficSoFar(): Traffic {
  return { sentBytes, receivedBytes };
}
