import { type DeviceLoginOptions, type LoginCode, type LoginResult, tryDeviceLogin } from '@ravi/client';

/** A login by the client, whose code a test waits for. */
export interface ClientLogin {
  /** What the human is shown; rejects when the login ends before. */
  readonly code: Promise<LoginCode>;
  readonly result: Promise<LoginResult>;
}

/** Logs in with the client, and gives its code to the test. */
export function startClientLogin(options: Omit<DeviceLoginOptions, 'onCode'>): ClientLogin {
  const code = Promise.withResolvers<LoginCode>();
  code.promise.catch(() => undefined);
  const result = tryDeviceLogin({ ...options, onCode: code.resolve });
  void result.then(
    (ended) => code.reject(new Error(`The login ended before it had a code: ${JSON.stringify(ended)}`)),
    code.reject,
  );
  return { code: code.promise, result };
}
