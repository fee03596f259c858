/**
 * Every value of `error` in a 400 answer, with its sentence. `error` is for programs and never changes. The sentence is for
 * developers who read logs: it says what to do next, and has no quotation marks.
 * (RFC 8628 §3.5, RFC 6749 §5.2)
 */
export const deviceTokenErrors = {
  authorization_pending: 'The human has not decided yet. Ask again, best with a request that waits.',
  slow_down: 'Polled faster than the interval. Add 5 seconds to it, or send a request that waits instead.',
  access_denied: 'The human denied this login. Start a new one only if they ask for it.',
  expired_token: 'This device_code has expired. Start a new login.',
  invalid_grant: 'This device_code is unknown or already used. Start a new login.',
  invalid_request: 'The request is malformed.',
} as const;

export type DeviceTokenError = keyof typeof deviceTokenErrors;
