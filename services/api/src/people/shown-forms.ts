import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clock, keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';
import type { SignedIn } from './browser-sessions.ts';

export interface ShownFormsDeps {
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
}

/** When it was shown (ms), and the HMAC over that, the session and the purpose. */
const markShape = /^(\d{13})\.([\w-]{43})$/;

/**
 * Marks in forms. A mark proves that the form was shown in this session, for this purpose, and when. Nothing is written to Redis. It
 * outlives the session's token: it stays valid when the person proves again who they are.
 */
export class ShownForms {
  readonly #deps: ShownFormsDeps;

  constructor(deps: ShownFormsDeps) {
    this.#deps = deps;
  }

  /** The mark of a form that is shown now. */
  mark(signedIn: Pick<SignedIn, 'firstId'>, purpose: string): string {
    const { keys, clock } = this.#deps;
    const shownAtMs = String(clock.nowMs());
    return `${shownAtMs}.${proofOf(shownAtMs, signedIn, purpose, keys.current)}`;
  }

  /** When the form with this mark was shown; null for a mark of another session or purpose, and for none of ours. */
  shownAtMs(signedIn: Pick<SignedIn, 'firstId'>, purpose: string, mark: string): number | null {
    const [, shownAtMs, proof] = markShape.exec(mark) ?? [];
    if (shownAtMs === undefined || proof === undefined) return null;
    const presented = Buffer.from(proof);
    const fits = keyGenerations(this.#deps.keys).some((generation) =>
      timingSafeEqual(presented, Buffer.from(proofOf(shownAtMs, signedIn, purpose, generation))),
    );
    return fits ? Number(shownAtMs) : null;
  }
}

function proofOf(
  shownAtMs: string,
  { firstId }: Pick<SignedIn, 'firstId'>,
  purpose: string,
  keys: ServiceKeys,
): string {
  return createHmac('sha256', keys['shown-form'])
    .update(`${shownAtMs} ${firstId} ${purpose}`)
    .digest('base64url');
}
