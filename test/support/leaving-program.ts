import { request } from 'node:http';

/** A held request whose program may leave. */
export interface LeavingProgram {
  /**
   * Ends the program's half of the connection, as the kernel does for a program that ends, and still reads what was on
   * its way: so it is known for certain whether the answer arrived.
   */
  leave(): void;
  /** The status of the answer that arrived in full; null when none did. */
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
    response.once('close', () => resolve(response.complete ? (response.statusCode ?? null) : null));
  });
  asked.end(body);
  return { leave: () => void asked.socket?.end(), seen };
}
