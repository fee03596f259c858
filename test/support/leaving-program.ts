import { request } from 'node:http';

/** A held request whose program may leave. */
export interface LeavingProgram {
  /**
   * Ends the program's half of the connection, as the kernel does for a program that ends, and still reads what was on
   * its way: so it is known for certain whether the answer arrived.
   */
  leave(): void;
  /** 200 for credentials that arrived in full; null for none: no answer, or one that the login is pending. */
  readonly seen: Promise<number | null>;
}

/** Asks for the login on a connection of its own and is held. */
export function waitAndLeave(apiUrl: string, deviceCode: string): LeavingProgram {
  const body = JSON.stringify({ device_code: deviceCode, wait: true });
  const { promise: seen, resolve } = Promise.withResolvers<number | null>();
  const asked = request(`${apiUrl}/api/auth/device/token/`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  });
  asked.once('error', () => resolve(null));
  asked.once('response', (response) => {
    response.resume();
    response.once('close', () => resolve(response.complete && response.statusCode === 200 ? 200 : null));
  });
  asked.end(body);
  return { leave: () => void asked.socket?.end(), seen };
}
