import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { EndOutcome, LoginProtocol } from './protocol/protocol.ts';

/** How often the end of a login is tried. */
const maxEnds = 3;

/**
 * Ends a login that is kept nowhere afterwards; tries again a few times while the service is away, since nobody can do so later. Never rejects.
 */
export async function endPatiently(
  credentials: Credentials,
  protocol: LoginProtocol,
  clock: Clock,
): Promise<EndOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await protocol.end(credentials);
    if (outcome.kind !== 'away' || attempt === maxEnds) return outcome;
    await clock.pause(Math.min(outcome.retryAfterMs ?? 0, 5_000) + attempt * 500);
  }
}
