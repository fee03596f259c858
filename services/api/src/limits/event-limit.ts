import { loadBatchedScript, type RedisClient, replyWords, runBatched, UnexpectedReply } from '@ravi/redis';
import { RefusedSubjects, type Subject } from './refused-subjects.ts';

const admitEvent = loadBatchedScript(new URL('./lua/admit-event.lua', import.meta.url));

/** Slices of a window: an event is counted for at most an eighth of the window too long. */
const slices = 8;

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
