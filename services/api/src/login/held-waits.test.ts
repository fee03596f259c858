import type { LoginId, Redemption } from '@ravi/device-login';
import type { Reply } from '../http/reply.ts';
import { HeldWaits, type HeldWaitsDeps } from './held-waits.ts';
import type { PresentedCode } from './presented-code.ts';

const pending = { kind: 'pending', otherWaiter: null } as const;
const denied = { kind: 'denied' } as const;
const redisIsAway = new Error('Redis is away');

/** A program that waits for its answer, as far as a wait sees it. */
class Program {
  answered: string | null = null;
  detached = false;
  closes = false;
  hasClientEnded = false;
  #ends: () => void = () => undefined;
  /** Ends its connection. */
  leave: () => void = () => undefined;
  readonly reply = this as unknown as Reply;

  send(_status: number, json: string, ...headers: readonly string[]): void {
    const { error } = JSON.parse(json) as { error: string };
    const again = headers.indexOf('Retry-After');
    this.answered ??= again < 0 ? error : `${error}, again in ${headers[again + 1]} s`;
  }
  onceOver(over: () => void): void {
    this.leave = over;
  }
  detachSocket(onClientEnd: () => void): void {
    this.detached = true;
    this.#ends = onClientEnd;
  }
  closeAfterwards(): void {
    this.closes = true;
  }
  endItsSide(): void {
    this.hasClientEnded = true;
    this.#ends();
  }
}

/** What the next check finds: at once, or when it is told so. */
let found: Redemption | Error | Promise<Redemption>;
let checks: string[];
let polls: unknown[];
let woken: string[];
let away: unknown[];
let stillWaiting: (ids: readonly string[]) => readonly boolean[];
let answering: () => Promise<void>;
let waits: HeldWaits;

beforeEach(() => {
  jest.useFakeTimers();
  [found, checks, polls, woken, away] = [pending, [], [], [], []];
  stillWaiting = (ids) => ids.map(() => true);
  answering = () => Promise.resolve();
  waits = newWaits();
});
afterEach(async () => {
  waits.close();
  await jest.advanceTimersByTimeAsync(0);
  const left = [waits.size, jest.getTimerCount()];
  jest.useRealTimers();
  if (left.some((count) => count > 0)) throw new Error(`Requests and timers are left: ${left.join(', ')}.`);
});

/** As the records of the logins name it, in full. */
const thisInstance = '0b8f1c52-6a55-4e0c-9d7e-3f1f5f0f6a11';

function newWaits(maxHeld = 2): HeldWaits {
  const ignore = () => undefined;
  return new HeldWaits({
    redeemer: {
      newLease: () => 'lease',
      check: async ({ loginId }: PresentedCode, { kind }: { kind: string }) => {
        checks.push(`${kind} ${loginId}`);
        if (found instanceof Error) throw found;
        return found;
      },
      poll: async (_code: PresentedCode, _reply: Reply, options: unknown) => void polls.push(options),
      answer: async (reply: Reply, _code: PresentedCode, { kind }: Redemption) => {
        await answering();
        reply.send(400, JSON.stringify({ error: kind }));
      },
      abandon: ignore,
    },
    logins: {
      // As the record names this instance as the one that holds the request.
      stillWaiting: async (ids: readonly string[], instance: string) =>
        stillWaiting(ids).map((still) => still && instance === thisInstance),
    },
    instance: thisInstance,
    clock: { nowMs: () => Date.now() },
    logger: { debug: ignore, warn: ignore },
    maxHeld,
    pollIntervalSeconds: 7,
    wake: async (instance: string, loginId: string) => void woken.push(`${instance} ${loginId}`),
    onUnavailable: (error: unknown) => away.push(error),
  } as unknown as HeldWaitsDeps);
}

function codeOf(loginId: string, ttlMs = 900_000): PresentedCode {
  const expiresAtMs = Date.now() + ttlMs;
  const bytes = Buffer.alloc(0);
  return { loginId: loginId as LoginId, expiresAtMs, hash: 'h', bytes, address: '', askedAtMs: 0 };
}

/** A program that is held now. */
async function hold(loginId: string, waitMs = 60_000, code = codeOf(loginId)): Promise<Program> {
  const program = new Program();
  await waits.hold(code, program.reply, waitMs);
  return program;
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const later = () => Promise.withResolvers<Redemption>();

test('a program that asks to be held for no time, where no more are held, or while this process stops, is answered at once, and told when to ask again', async () => {
  await hold('a', 0);
  expect(polls).toEqual([undefined]);
  await Promise.all([hold('a'), hold('b')]);
  expect(waits.size).toBe(2);
  await hold('c');
  waits.close();
  await hold('d');
  expect(polls).toEqual([undefined, { earlySeconds: 7 }, { earlySeconds: 1 }]);
  expect(waits.size).toBe(0);
});

test('a program of a login that is settled is answered at once, and its connection serves its next request', async () => {
  found = denied;
  const program = await hold('a');
  expect([program.answered, program.detached, waits.size]).toEqual(['denied', false, 0]);
});

test('a held program is told "pending" when its time is over, not before, and without a word about when to ask again', async () => {
  const program = await hold('a', 5_000);
  expect([program.detached, program.reply.isHeld, checks]).toEqual([true, true, ['wait a']]);
  await pass(4_999);
  expect(program.answered).toBeNull();
  await pass(1);
  expect(program.answered).toBe('authorization_pending');
  expect([checks.length, waits.size]).toEqual([1, 0]);
});

test('a program whose code expires while it is held is told so just then, and one that comes later still learns what became of it', async () => {
  const program = await hold('a', 60_000, codeOf('a', 5_000));
  found = { kind: 'expired' };
  await pass(5_019);
  expect(program.answered).toBeNull();
  await pass(1);
  expect(program.answered).toBe('expired');
  found = pending;
  const late = await hold('b', 120_000, codeOf('b', -5_000));
  await pass(54_999);
  expect(late.answered).toBeNull();
  await pass(1);
  expect(late.answered).toBe('authorization_pending');
  const atOnce = await hold('c', 120_000, codeOf('c', 0));
  await pass(59_999);
  expect(atOnce.answered).toBeNull();
  await pass(1);
  expect(atOnce.answered).toBe('authorization_pending');
  // Its time is over in the very moment in which its code expires.
  const atExpiry = await hold('d', 5_000, codeOf('d', 5_000));
  found = { kind: 'expired' };
  await pass(5_000);
  expect(atExpiry.answered).toBe('expired');
});

test('a program that leaves is held no more, and another one has its place', async () => {
  const program = await hold('a');
  program.leave();
  expect([waits.size, jest.getTimerCount()]).toEqual([0, 0]);
  waits.onWakeup('a');
  await pass(0);
  expect(checks).toEqual(['wait a']);
});

test('where its last check fails, a program is told "pending" all the same', async () => {
  const program = await hold('a', 60_000, codeOf('a', 5_000));
  found = redisIsAway;
  await pass(5_020);
  expect(program.answered).toBe('authorization_pending');
});

test('a wake-up leads to a check of its login alone; many during a check lead to one more', async () => {
  const [program, other] = [await hold('a'), await hold('b')];
  checks = [];
  const first = later();
  found = first.promise;
  for (let i = 0; i < 3; i++) waits.onWakeup('a');
  waits.onWakeup('c');
  found = denied;
  first.resolve(pending);
  await pass(0);
  expect(checks).toEqual(['check a', 'check a']);
  expect([program.answered, other.answered]).toEqual(['denied', null]);
  expect(waits.size).toBe(1);
});

test('while Redis is away the first check holds nothing, and a later one leaves the program held', async () => {
  found = redisIsAway;
  await expect(hold('a')).rejects.toBe(redisIsAway);
  expect(waits.size).toBe(0);
  found = pending;
  const program = await hold('a');
  found = redisIsAway;
  waits.onWakeup('a');
  await pass(0);
  expect([away, program.answered, waits.size]).toEqual([[redisIsAway], null, 1]);
});

test('where the answer cannot be given the program is told to ask again', async () => {
  const program = await hold('a');
  found = denied;
  answering = () => Promise.reject(new Error('the result does not open'));
  waits.onWakeup('a');
  await pass(0);
  expect([program.answered, away, waits.size]).toEqual(['authorization_pending', [], 0]);
});

test('a newer request for the same login takes the place of the older one, which is answered once it was held for a second', async () => {
  const older = await hold('a');
  await pass(400);
  const newer = await hold('a');
  // Also one that has ended its side: otherwise the two could take turns without a pause.
  older.endItsSide();
  await pass(599);
  expect(older.answered).toBeNull();
  await pass(1);
  expect(older.answered).toBe('authorization_pending, again in 7 s');
  // Held for just a second by now.
  await pass(400);
  const newest = await hold('a');
  expect(newer.answered).toBe('authorization_pending, again in 7 s');
  expect([newest.answered, waits.size]).toEqual([null, 1]);
  // Those that were answered are not held on to.
  waits.close();
  expect([older, newer, newest].map(({ closes }) => closes)).toEqual([false, false, true]);
});

test('a request that is held elsewhere, too, is told there by the newer one, and the older one gives way when it checks', async () => {
  found = { kind: 'pending', otherWaiter: 'that' };
  const program = await hold('a');
  expect([woken, waits.size]).toEqual([['that a'], 1]);
  await pass(1_000);
  waits.onWakeup('a');
  await pass(0);
  expect([program.answered, waits.size]).toEqual(['authorization_pending, again in 7 s', 0]);
  expect(woken).toHaveLength(1);
});

test('while another request is answered, a held one checks again soon: when the lease ends, and every second', async () => {
  found = { kind: 'leased', otherWaiter: null, remainingMs: 10_000 };
  const program = await hold('a');
  await pass(999);
  expect(checks).toHaveLength(1);
  found = { kind: 'leased', otherWaiter: null, remainingMs: 300 };
  await pass(1);
  expect(checks).toHaveLength(2);
  found = denied;
  await pass(300);
  expect(program.answered).toBe('denied');
  // A wake-up in between puts the next check off, and the answer ends it.
  found = { kind: 'leased', otherWaiter: null, remainingMs: 10_000 };
  const woken = await hold('b');
  await pass(600);
  waits.onWakeup('b');
  await pass(999);
  expect(checks.filter((check) => check === 'check b')).toHaveLength(1);
  found = denied;
  waits.onWakeup('b');
  await pass(0);
  expect([woken.answered, jest.getTimerCount()]).toEqual(['denied', 0]);
});

test('a program that has ended its side is answered at once, or by the check that is under way', async () => {
  const program = await hold('a');
  program.endItsSide();
  expect([program.answered, waits.size]).toEqual(['authorization_pending, again in 7 s', 0]);
  const other = await hold('b');
  const check = later();
  found = check.promise;
  waits.onWakeup('b');
  other.endItsSide();
  expect(other.answered).toBeNull();
  check.resolve(denied);
  await pass(0);
  expect(other.answered).toBe('denied');
  found = pending;
  const unchanged = await hold('c');
  const again = later();
  found = again.promise;
  waits.onWakeup('c');
  unchanged.endItsSide();
  again.resolve(pending);
  await pass(0);
  expect(unchanged.answered).toBe('authorization_pending, again in 7 s');
});

test('a process that stops answers all that it holds, to be held elsewhere a second later; a check under way may still bring the result', async () => {
  const older = await hold('a');
  const [held, checked] = [await hold('a'), await hold('b')];
  const check = later();
  found = check.promise;
  waits.onWakeup('b');
  waits.close();
  for (const program of [older, held]) {
    expect(program.answered).toBe('authorization_pending, again in 1 s');
    expect(program.closes).toBe(true);
  }
  expect([checked.answered, checked.closes]).toEqual([null, true]);
  check.resolve(denied);
  await pass(0);
  expect(checked.answered).toBe('denied');
  found = pending;
  const [other, last] = [newWaits(), new Program()];
  await other.hold(codeOf('c'), last.reply, 60_000);
  const unsettled = later();
  found = unsettled.promise;
  other.onWakeup('c');
  other.close();
  unsettled.resolve(pending);
  await pass(0);
  expect(last.answered).toBe('authorization_pending, again in 1 s');
});

test('a sweep checks those alone whose state has changed, spread over its time', async () => {
  const [changed, same] = [await hold('a'), await hold('b')];
  checks = [];
  found = denied;
  stillWaiting = (ids) => ids.map((id) => id !== 'a');
  await waits.sweep(0);
  await pass(0);
  expect([changed.answered, same.answered, checks]).toEqual(['denied', null, ['check a']]);
  let swept = false;
  const sweeping = waits.sweep(8_000).then(() => (swept = true));
  await pass(7_999);
  expect(swept).toBe(false);
  await pass(1);
  expect(swept).toBe(true);
  await sweeping;
});

test('a sweep reads many logins in batches, none where none is held, and ends amid them when the process stops', async () => {
  const none: unknown[] = [];
  stillWaiting = (ids) => {
    none.push(ids);
    return [];
  };
  await waits.sweep(0);
  expect(none).toEqual([]);
  waits = newWaits(600);
  await Promise.all(Array.from({ length: 600 }, (_, at) => hold(`login ${at}`)));
  const batches: number[] = [];
  stillWaiting = (ids) => {
    batches.push(ids.length);
    return ids.map(() => true);
  };
  const sweeping = waits.sweep(9_000);
  await pass(3_000);
  expect(batches).toEqual([250, 250]);
  waits.close();
  await pass(3_000);
  await sweeping;
  expect(batches).toHaveLength(2);
});
