import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { LoginProgress } from './login-options.ts';
import { Pacing } from './pacing.ts';
import type { Failed, LoginProtocol, StartedLogin } from './protocol/protocol.ts';

/** How a login ended. */
export type Decision =
  | { readonly kind: 'granted'; readonly credentials: Credentials }
  | { readonly kind: 'denied' | 'expired' | 'aborted' }
  | Failed;

/** The time for which a request asks to be held: many clients and proxies give up at 30 s. */
const holdSeconds = 25;

/** The time that a request waits for its answer beyond the time that it asked to be held. */
const slackMs = 15_000;

/** How late the last request may come: where an interval is longer, none follows the end of the code. */
const longestLateMs = 30_000;

export interface Asking {
  readonly protocol: LoginProtocol;
  readonly login: StartedLogin;
  readonly onProgress: (progress: LoginProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks until the human has decided, the code has expired or the signal is aborted; after each answer that decides nothing, and after each
 * lost connection, again. Once more when the code has expired: an approval in its last moment counts, and nobody may have answered since.
 * Never rejects.
 */
export async function askUntilDecided(
  { protocol, login, onProgress, signal }: Asking,
  clock: Clock,
): Promise<Decision> {
  const pacing = new Pacing(login.intervalMs, () => clock.random());
  const endsAtMs = clock.monotonicMs() + login.expiresInMs;
  const lateMs = (): number => (pacing.intervalMs > longestLateMs ? 0 : pacing.intervalMs);
  let isAway = false;
  for (;;) {
    const askedAtMs = clock.monotonicMs();
    if (signal?.aborted) return { kind: 'aborted' };
    const isLast = askedAtMs >= endsAtMs;
    if (isLast && lateMs() === 0) return { kind: 'expired' };
    const timeoutMs = Math.min(holdSeconds * 1_000, Math.max(0, endsAtMs - askedAtMs)) + slackMs;
    const outcome = await protocol.ask(login, { holdSeconds, timeoutMs }, signal);
    // By then a server may have forgotten the code, and refuse it.
    const isDecided = outcome.kind === 'granted' || outcome.kind === 'denied';
    if (isLast && !isDecided && !signal?.aborted) return { kind: 'expired' };
    switch (outcome.kind) {
      case 'granted':
      case 'denied':
      case 'expired':
      case 'failed':
        return outcome;
      case 'slowDown':
        pacing.slowDown(outcome.intervalMs);
        break;
      case 'pending':
      case 'away':
        break;
    }
    if (signal?.aborted) return { kind: 'aborted' };
    const retryAfterMs = outcome.kind === 'slowDown' ? null : outcome.retryAfterMs;
    const tookMs = clock.monotonicMs() - askedAtMs;
    const pauseMs = Math.min(
      pacing.pauseAfter({ kind: outcome.kind, tookMs, retryAfterMs }),
      Math.max(0, endsAtMs + lateMs() - clock.monotonicMs()),
    );
    if (outcome.kind === 'away') onProgress({ kind: 'away', reason: outcome.reason, retryInMs: pauseMs });
    else if (isAway) onProgress({ kind: 'back' });
    isAway = outcome.kind === 'away';
    await clock.pause(pauseMs, signal);
  }
}
