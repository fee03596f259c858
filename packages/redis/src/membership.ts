import type { RedisClient } from './client.ts';
import { processesKey } from './keyspace.ts';
import { replyOf } from './script-reply.ts';
import { loadScript, runScript } from './script.ts';

const join = loadScript(new URL('./lua/join.lua', import.meta.url));

/** How often a process tells that it is there, and how long it counts after it was heard last. */
const tellEveryMs = 3_000;
const keptMs = 15_000;

/** How often a process that has not joined looks again. */
const lookEveryMs = 500;

/** After a disagreement, how long nobody may disagree before a process joins: the others have told twice by then. */
const settleMs = 2 * tellEveryMs + lookEveryMs;

/** What a process tells the others. */
export interface Statement {
  readonly instance: string;
  readonly service: 'api' | 'issuer';
  /** The machine, container or pod in which it runs, for the log of a process that differs. */
  readonly host: string;
  /** The settings on which all must agree: of each the value in use, then those that are accepted as well; secrets as fingerprints. */
  readonly settings: Readonly<Record<string, readonly [string, ...string[]]>>;
  /** Over how many queues it spreads logins. */
  readonly queues: number;
}

/** Called when a process finds that it disagrees with others, and when they have gone. */
export interface MembershipEvents {
  onDisagreement(sentence: string): void;
  onAgreement(): void;
}

/**
 * Keeps processes apart whose settings disagree, so that they do not lose each other's logins: one that starts joins the others if
 * it agrees with each, and waits as long as it does not. Each tells every 3 s that it is there. Where Redis lost that, as in an
 * outage of 15 s, one that served before stays, and a newcomer that joined meanwhile gives way to it. One that could not reach Redis
 * for so long that newcomers have been joined for 15 s stays too, unless more of those that served differ from it than agree. One that
 * was paused for 15 s has to agree with all that have joined.
 */
export class Membership {
  readonly #redis: RedisClient;
  readonly #statement: Statement;
  readonly #events: MembershipEvents;
  readonly #joinedOnce = Promise.withResolvers<void>();
  /** When it joined, by `performance.now()`: Redis may come back with another clock. Null while it has not. */
  #joinedAtMs: number | null = null;
  #hasServed = false;
  /** When it last tried to tell. */
  #triedAtMs = performance.now();
  /** It did nothing for so long that it does not count any more, and has not told since. */
  #wasPaused = false;
  #disagreement: string | null = null;
  #agreesSinceMs = Number.NEGATIVE_INFINITY;
  readonly #queueCounts: Set<number>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(redis: RedisClient, statement: Statement, events: MembershipEvents) {
    this.#redis = redis;
    this.#statement = statement;
    this.#events = events;
    this.#queueCounts = new Set([statement.queues]);
  }

  /** Joins, waiting as long as it takes, and keeps telling that this process is there until `stop`. */
  async join(): Promise<void> {
    void this.#keepTelling();
    await this.#joinedOnce.promise;
  }

  /** Null when this process agrees with the others; else in a sentence what differs. */
  get disagreement(): string | null {
    return this.#joined ? null : this.#disagreement;
  }

  get #joined(): boolean {
    return this.#joinedAtMs !== null;
  }

  /** Over how many queues processes have spread logins since this one started: one number, or more while it is changed. */
  get queueCounts(): ReadonlySet<number> {
    return this.#queueCounts;
  }

  /** This process is going: the others need not agree with it any more. Does nothing when Redis is away. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#redis.hdel(processesKey(), this.#statement.instance).catch(() => undefined);
  }

  async #keepTelling(): Promise<void> {
    // Redis is away: whoever joined stays so, as far as this process knows.
    await this.#tell().catch(() => undefined);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#keepTelling(), this.#joined ? tellEveryMs : lookEveryMs);
  }

  async #tell(): Promise<void> {
    const { instance, service, host, settings, queues } = this.#statement;
    const nowMs = performance.now();
    const wish = nowMs - this.#agreesSinceMs >= settleMs ? 'join' : 'look';
    this.#wasPaused ||= nowMs - this.#triedAtMs > keptMs;
    this.#triedAtMs = nowMs;
    const [word, ...others] = replyOf(
      await runScript(
        this.#redis,
        join,
        processesKey(),
        instance,
        service,
        JSON.stringify(settings),
        queues,
        keptMs,
        this.#joined && !this.#wasPaused ? 'joined' : wish,
        Math.floor(nowMs - (this.#joinedAtMs ?? nowMs)),
        this.#hasServed ? 'yes' : 'no',
        host,
      ),
      'joined',
      'waiting',
    );
    this.#wasPaused = false;
    const differing = others.filter((other) => other.startsWith('differs '));
    for (const other of others) {
      const [kind, count] = other.split(' ');
      if (kind === 'other') this.#queueCounts.add(Number(count));
    }
    this.#joinedAtMs = word === 'joined' ? (this.#joinedAtMs ?? nowMs) : null;
    if (this.#joined) {
      this.#hasServed = true;
      this.#joinedOnce.resolve();
    }
    this.#note(this.#joined ? [] : differing);
  }

  #note(differing: readonly string[]): void {
    if (differing.length > 0) {
      this.#agreesSinceMs = Number.POSITIVE_INFINITY;
      const sentence = sentenceOf(differing);
      if (sentence !== this.#disagreement) this.#events.onDisagreement(sentence);
      this.#disagreement = sentence;
    } else if (this.#disagreement !== null) {
      if (this.#agreesSinceMs === Number.POSITIVE_INFINITY) this.#agreesSinceMs = performance.now();
      if (!this.#joined) return;
      this.#disagreement = null;
      this.#events.onAgreement();
    }
  }
}

const byName = (one: string, other: string) => one.localeCompare(other);

/** `differs NAME SERVICE INSTANCE HOST`, in a sentence for all of them. A process of an older release tells no host. */
function sentenceOf(differing: readonly string[]): string {
  const words = differing.map((line) => line.split(' '));
  const names = [...new Set(words.map(([, name = '']) => name))].toSorted(byName);
  const processes = words.map(([, , service, instance, host]) => {
    return `${service} ${instance}${host === undefined ? '' : ` on ${host}`}`;
  });
  const others = [...new Set(processes)].toSorted(byName);
  const shown = others.slice(0, 3).join(', ') + (others.length > 3 ? ` and ${others.length - 3} more` : '');
  return `This process does not serve: its ${names.join(', ')} differ${names.length === 1 ? 's' : ''} from what is in use at ${shown}.`;
}
