import { loadScript, type RedisClient, replyWords, runScript, UnexpectedReply } from '@ravi/redis';

const script = loadScript(new URL('./lua/change-field.lua', import.meta.url));

/** Attempts of a change that others overtake. */
const maxAttempts = 10;

/** A field of an account that is changed as a whole: its state, as text. */
export interface ChangedField {
  readonly redis: RedisClient;
  /** The account. */
  readonly key: string;
  readonly field: 'factors' | 'providers' | 'undos';
  /** The epoch of the sessions that allow the change; empty for any. */
  readonly sessionsEpoch: string;
  /** Fields that are read with it, for the decision. */
  readonly beside?: readonly string[];
}

/** What a change makes of a field: it writes this one and those that follow from it, an empty one as none; or it leaves all as they are. */
export type FieldDecision<Outcome> =
  | {
      readonly kind: 'write';
      readonly fields: Readonly<Record<string, string>>;
      /** Whether the sessions of the account end with it. */
      readonly endsSessions?: boolean;
      readonly outcome: Outcome;
    }
  | { readonly kind: 'leave'; readonly outcome: Outcome };

/** The outcome of the decision that counted, and the epoch of sessions that began with it; empty where they go on. */
export interface FieldChange<Outcome> {
  readonly outcome: Outcome;
  readonly sessionsEpoch: string;
}

/**
 * Changes a field of an account to what `decide` makes of its text; if somebody else changed it meanwhile, it decides again. Null where
 * there is no such account, or its sessions are of another epoch.
 */
export async function changeField<Outcome>(
  { redis, key, field, sessionsEpoch, beside = [] }: ChangedField,
  decide: (text: string | null, ...beside: readonly (string | null)[]) => FieldDecision<Outcome>,
): Promise<FieldChange<Outcome> | null> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const [epoch = null, text = null, ...others] = await redis.hmget(key, 'sessions_epoch', field, ...beside);
    // Also where nothing is written: a session that a twin of the request has ended goes on with what the twin began.
    if (sessionsEpoch !== '' && epoch !== sessionsEpoch) return null;
    const decision = decide(text, ...others);
    if (decision.kind === 'leave') return { outcome: decision.outcome, sessionsEpoch: '' };
    const args = [field, text ?? '', sessionsEpoch, decision.endsSessions === true ? '1' : ''];
    const reply = await runScript(redis, script, key, ...args, ...Object.entries(decision.fields).flat());
    const [word, began = ''] = replyWords(reply);
    switch (word) {
      case 'changed':
        return { outcome: decision.outcome, sessionsEpoch: began };
      case 'unknown':
        return null;
      case 'changed_meanwhile':
        continue;
      default:
        throw new UnexpectedReply(word);
    }
  }
  throw new Error(`The field ${field} of an account was changed again and again meanwhile.`);
}
