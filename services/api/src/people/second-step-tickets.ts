import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Account, AccountStore } from '@ravi/accounts';
import { type Clock, keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';
import type { Context } from 'koa';
import type { HostCookies } from '../http/host-cookies.ts';

export interface SecondStepsDeps {
  readonly cookies: HostCookies;
  readonly accountStore: Pick<AccountStore, 'read'>;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
}

const cookieName = 'ravi_second_step';

/** How long a person may take between the password and the second step. */
const secondStepSeconds = 600;

/** Until when, whose, in which epoch of sessions, through which provider (empty for the password), and the HMAC over them. */
const ticketShape = /^(\d{10,11})\.([1-9]\d{0,15})\.(\d{1,20})\.([a-z0-9]{0,20})\.[\w-]{43}$/;

/** A sign-in whose second step is to come; `provider` is empty where the first was the password. */
export interface BegunSignIn {
  readonly account: Account;
  readonly provider: string;
}

/**
 * Sign-ins whose first step, a password or a provider, was right and whose second step is to come. The browser keeps a ticket in a
 * cookie, proven by an HMAC, so that nothing is written to Redis. A ticket signs nobody in, and ends with the account's epoch of
 * sessions, as when the password is changed.
 */
export class SecondSteps {
  readonly #deps: SecondStepsDeps;

  constructor(deps: SecondStepsDeps) {
    this.#deps = deps;
  }

  /** Notes in this browser that the password of the account was right, or that this provider signed its person in. */
  begin(ctx: Context, { id, sessionsEpoch }: Account, provider = ''): void {
    const { cookies, keys, clock } = this.#deps;
    const endsAt = Math.floor(clock.nowMs() / 1000) + secondStepSeconds;
    const told = `${endsAt}.${id}.${sessionsEpoch}.${provider}`;
    cookies.set(ctx, cookieName, `${told}.${proofOf(told, keys.current)}`, secondStepSeconds);
  }

  /** The sign-in whose first step was right in this browser a moment ago; null for none. */
  async read(ctx: Context): Promise<BegunSignIn | null> {
    const { cookies, keys, clock, accountStore } = this.#deps;
    const ticket = cookies.get(ctx, cookieName) ?? '';
    const [, endsAt, userId, epoch, provider = ''] = ticketShape.exec(ticket) ?? [];
    if (endsAt === undefined || clock.nowMs() / 1000 >= Number(endsAt)) return null;
    const told = `${endsAt}.${userId}.${epoch}.${provider}`;
    const presented = Buffer.from(ticket.slice(told.length + 1));
    const fits = keyGenerations(keys).some((generation) =>
      timingSafeEqual(presented, Buffer.from(proofOf(told, generation))),
    );
    if (!fits) return null;
    const account = (await accountStore.read(Number(userId)))?.account ?? null;
    const isGood = account !== null && !account.blocked && account.sessionsEpoch === epoch;
    return isGood ? { account, provider } : null;
  }

  end(ctx: Context): void {
    this.#deps.cookies.set(ctx, cookieName, '', 0);
  }
}

function proofOf(told: string, keys: ServiceKeys): string {
  return createHmac('sha256', keys['second-step']).update(told).digest('base64url');
}
