import { createHmac, type KeyObject } from 'node:crypto';
import { loadBatchedScript, type RedisClient, replyWords, runBatched, UnexpectedReply } from '@ravi/redis';
import { BoundedMap, steadyClock } from '@ravi/runtime';

const admitEvent = loadBatchedScript(new URL('./lua/admit-event.lua', import.meta.url));

/** Slices of a window: an event is counted for at most an eighth of the window too long. */
const slices = 8;

/** Maximum of refused subjects that a process remembers. */
const maxRemembered = 10_000;

/** Something whose events are counted, with its maximum in a window. */
export interface Subject {
  readonly name: string;
  readonly max: number;
}

/** A subject's name in Redis, which holds no address and no id of a session: a digest is enough to tell subjects apart. */
export function subjectDigest(subject: string, key: KeyObject): string {
  return createHmac('sha256', key).update(subject).digest('base64url').slice(0, 22);
}

/**
 * The refused subjects that this process remembers, so that their flood does not reach Redis: for a length of time, whatever the machine's
 * clock is set to.
 */
export class RefusedSubjects {
  readonly #untilMs = new BoundedMap<string, number>(maxRemembered);

  /** The first of these that is still refused, and for how long; undefined if none is. */
  find(subjects: readonly Subject[]): { readonly name: string; readonly retryAfterMs: number } | undefined {
    return subjects
      .map(({ name }) => ({ name, retryAfterMs: this.#restMs(name) }))
      .find(({ retryAfterMs }) => retryAfterMs > 0);
  }

  note(name: string, retryAfterMs: number): void {
    this.#untilMs.set(name, steadyClock.nowMs() + retryAfterMs);
  }

  #restMs(name: string): number {
    const untilMs = this.#untilMs.get(name);
    return untilMs === undefined ? 0 : untilMs - steadyClock.nowMs();
  }
}

/** Whether an event may happen; `by` names the subject that has used up its allowance. */
export type EventAdmission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly by: string; readonly retryAfterMs: number };

/** `name` is the prefix of the keys; its braces keep them in one Cluster slot. */
export interface EventLimitDeps {
  readonly redis: RedisClient;
  readonly name: string;
  readonly windowSeconds: number;
}

/** Events of one kind, counted in Redis over a sliding window: across instances, in one round trip, for many subjects at once. */
export class EventLimit {
  readonly #deps: EventLimitDeps;
  readonly #refused = new RefusedSubjects();

  constructor(deps: EventLimitDeps) {
    this.#deps = deps;
  }

  /** Counts an event for all of its subjects, or for none. */
  async take(subjects: readonly Subject[]): Promise<EventAdmission> {
    const before = this.#refused.find(subjects);
    if (before) return { kind: 'refused', by: before.name, retryAfterMs: before.retryAfterMs };
    const { redis, name, windowSeconds } = this.#deps;
    const reply = await runBatched(
      redis,
      admitEvent,
      subjects.map((subject) => `${name}:${subject.name}`),
      windowSeconds * 1000,
      slices,
      ...subjects.map(({ max }) => max),
    );
    const [word, number, waitMs] = replyWords(reply);
    if (word === 'admitted') return { kind: 'admitted' };
    if (word !== 'refused') throw new UnexpectedReply(word);
    const by = subjects[Number(number) - 1]?.name ?? '';
    this.#refused.note(by, Number(waitMs));
    return { kind: 'refused', by, retryAfterMs: Number(waitMs) };
  }
}
