import type { LoginId, Redemption } from '@ravi/device-login';
import type { Reply } from '../http/reply.ts';
import { HeldWaits, type HeldWaitsDeps } from './held-waits.ts';
import type { PresentedCode } from './presented-code.ts';

const pending = { kind: 'pending', otherWaiter: null } as const;
const late = new Error('Command timed out');

/** What a check finds. */
let found: Redemption | Error;
let checks: string[];
/** Of which logins what a check may have leased was given back. */
let abandoned: string[];
/** What the machine's clock shows. */
let nowMs: number;
let stillWaiting: () => Promise<readonly boolean[]>;
let waits: HeldWaits;

beforeEach(() => {
  jest.useFakeTimers();
  [found, checks, abandoned, nowMs] = [pending, [], [], 1_000_000];
  const ignore = () => undefined;
  waits = new HeldWaits({
    redeemer: {
      newLease: () => 'lease',
      check: async ({ loginId }: PresentedCode, { kind }: { kind: string }) => {
        checks.push(`${kind} ${loginId}`);
        if (found instanceof Error) throw found;
        return found;
      },
      answer: async (reply: Reply, _code: PresentedCode, { kind }: Redemption) => {
        reply.send(400, JSON.stringify({ error: kind }));
      },
      abandon: (loginId: LoginId) => abandoned.push(loginId),
    },
    logins: { stillWaiting: () => stillWaiting() },
    instance: 'this',
    clock: { nowMs: () => nowMs },
    logger: { debug: ignore, warn: ignore },
    maxHeld: 2,
    pollIntervalSeconds: 7,
    onUnavailable: ignore,
  } as unknown as HeldWaitsDeps);
});
afterEach(async () => {
  waits.close();
  await pass(0);
  const left = [waits.size, jest.getTimerCount()];
  jest.useRealTimers();
  if (left.some((count) => count > 0)) throw new Error(`Requests and timers are left: ${left.join(', ')}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** A program that asks to be held for a minute, and what it was told. */
async function program(isOver = false): Promise<{ readonly told: readonly string[] }> {
  const told: string[] = [];
  const reply = {
    isOver,
    send: (_status: number, json: string) => told.push((JSON.parse(json) as { error: string }).error),
    onceOver: () => undefined,
    detachSocket: () => undefined,
    closeAfterwards: () => undefined,
  };
  const code = { loginId: 'a' as LoginId, expiresAtMs: nowMs + 900_000, hash: '', bytes: Buffer.alloc(0) };
  const presented: PresentedCode = { ...code, address: '', askedAtMs: nowMs };
  await waits.hold(presented, reply as unknown as Reply, 60_000);
  return { told };
}

test('a program whose check came to nothing, as where Redis was late, is checked again each second, and answered once it can be', async () => {
  const { told } = await program();
  found = late;
  waits.onWakeup('a');
  await pass(2_500);
  expect([checks, told]).toEqual([['wait a', 'check a', 'check a', 'check a'], []]);
  found = { kind: 'denied' };
  await pass(500);
  expect([told, jest.getTimerCount()]).toEqual([['denied'], 0]);
});

test('a program whose login is approved and not issued yet is checked once more when its job counts as lost, and then with the sweeps alone', async () => {
  const approved = (approvedForMs: number) =>
    ({ kind: 'approved', approvedForMs, startedAtMs: 17, otherWaiter: null }) as const;
  found = approved(1_500);
  const { told } = await program();
  await pass(3_500);
  expect(checks).toEqual(['wait a']);
  found = approved(5_001);
  await pass(1);
  expect(checks).toEqual(['wait a', 'check a']);
  await pass(30_000);
  expect([checks.length, told]).toEqual([2, []]);
});

test('a request that ends with a check which came to nothing gives back what Redis may have leased to it too late; while it is held it does not', async () => {
  found = late;
  await expect(program()).rejects.toBe(late);
  expect(abandoned).toEqual(['a']);
  found = pending;
  const { told } = await program();
  found = late;
  waits.onWakeup('a');
  await pass(59_999);
  expect([abandoned, told]).toEqual([['a'], []]);
  await pass(1);
  expect([abandoned, told]).toEqual([['a', 'a'], ['authorization_pending']]);
  // Where every check told something, there is nothing to give back.
  found = pending;
  const untroubled = await program();
  await pass(60_000);
  expect([abandoned.length, untroubled.told]).toEqual([2, ['authorization_pending']]);
  const stopped = await program();
  found = late;
  waits.onWakeup('a');
  waits.close();
  await pass(0);
  expect([abandoned.length, stopped.told]).toEqual([3, ['authorization_pending']]);
});

test('a program that left while its request was looked at is not held', async () => {
  await program(true);
  expect([waits.size, checks, jest.getTimerCount()]).toEqual([0, [], 0]);
});

test('an older request that waits no more when a sweep has read its login gets nothing of it: the newer one does', async () => {
  const older = await program();
  const read = Promise.withResolvers<readonly boolean[]>();
  stillWaiting = () => read.promise;
  const sweeping = waits.sweep(0);
  const newer = await program();
  found = { kind: 'denied' };
  read.resolve([false]);
  await sweeping;
  await pass(0);
  expect([older.told, checks]).toEqual([[], ['wait a', 'wait a']]);
  waits.onWakeup('a');
  await pass(0);
  expect(newer.told).toEqual(['denied']);
  await pass(1_000);
});

test('an older request is answered a second after it began at the latest, also where the clock is set back', async () => {
  const older = await program();
  nowMs -= 3_600_000;
  await program();
  await pass(999);
  expect(older.told).toEqual([]);
  await pass(1);
  expect(older.told).toEqual(['authorization_pending']);
});
