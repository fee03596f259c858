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

/** Until when, whose, in which epoch of sessions, and the HMAC over them. */
const ticketShape = /^(\d{10,11})\.([1-9]\d{0,15})\.(\d{1,20})\.[\w-]{43}$/;

/**
 * Sign-ins whose password was right and whose second step is to come. The browser keeps a ticket in a cookie, which an HMAC proves:
 * nothing is written to Redis. It signs nobody in, and ends with the epoch of sessions, as when the password is changed.
 */
export class SecondSteps {
  readonly #deps: SecondStepsDeps;

  constructor(deps: SecondStepsDeps) {
    this.#deps = deps;
  }

  /** Notes in this browser that the password of the account was right. */
  begin(ctx: Context, { id, sessionsEpoch }: Account): void {
    const { cookies, keys, clock } = this.#deps;
    const endsAt = Math.floor(clock.nowMs() / 1000) + secondStepSeconds;
    const told = `${endsAt}.${id}.${sessionsEpoch}`;
    cookies.set(ctx, cookieName, `${told}.${proofOf(told, keys.current)}`, secondStepSeconds);
  }

  /** The account whose password was right in this browser a moment ago; null for none. */
  async read(ctx: Context): Promise<Account | null> {
    const { cookies, keys, clock, accountStore } = this.#deps;
    const ticket = cookies.get(ctx, cookieName) ?? '';
    const [, endsAt, userId, epoch] = ticketShape.exec(ticket) ?? [];
    if (endsAt === undefined || clock.nowMs() / 1000 >= Number(endsAt)) return null;
    const told = `${endsAt}.${userId}.${epoch}`;
    const presented = Buffer.from(ticket.slice(told.length + 1));
    const fits = keyGenerations(keys).some((generation) =>
      timingSafeEqual(presented, Buffer.from(proofOf(told, generation))),
    );
    if (!fits) return null;
    const account = (await accountStore.read(Number(userId)))?.account ?? null;
    return account !== null && !account.blocked && account.sessionsEpoch === epoch ? account : null;
  }

  /** Forgets it. */
  end(ctx: Context): void {
    this.#deps.cookies.set(ctx, cookieName, '', 0);
  }
}

function proofOf(told: string, keys: ServiceKeys): string {
  return createHmac('sha256', keys['second-step']).update(told).digest('base64url');
}
