import { getEventListeners } from 'node:events';
import { type WaitEvent, type Waiter, Waiters, type WaitOptions } from './page-and-token-waits.ts';

const minute = { timeoutMs: 60_000 };
let waiters: Waiters;
let registered: Waiter[];
beforeEach(() => {
  jest.useFakeTimers();
  waiters = new Waiters();
  registered = [];
});
afterEach(() => {
  for (const waiter of registered) waiter.stop();
  const left = [waiters.size, waiters.kept, jest.getTimerCount()];
  jest.useRealTimers();
  if (left.some((count) => count > 0)) throw new Error(`Waits and timers are left: ${left.join(', ')}.`);
});

function register(id: string, options: WaitOptions = minute): Waiter {
  const waiter = waiters.register(id, options);
  registered.push(waiter);
  return waiter;
}

/** What a waiter was told by now; `waiting` where it was told nothing. */
async function toldBy(next: Promise<WaitEvent>): Promise<WaitEvent | 'waiting'> {
  await jest.advanceTimersByTimeAsync(0);
  return Promise.race([next, Promise.resolve('waiting' as const)]);
}

test('a hint wakes every waiter of its id, and nobody else', async () => {
  const nexts = [register('a'), register('a'), register('b')].map((waiter) => waiter.next());
  waiters.hint('a');
  waiters.hint('c');
  expect(await Promise.all(nexts.map(toldBy))).toEqual(['check', 'check', 'waiting']);
});

test('a hint before the first wait, or amid a check, is kept until the next wait, once', async () => {
  const waiter = register('a');
  waiters.hint('a');
  waiters.hint('a');
  expect(await waiter.next()).toBe('check');
  expect(await toldBy(waiter.next())).toBe('waiting');
});

test('after a gap everybody checks again', async () => {
  const nexts = [register('a'), register('b')].map((waiter) => waiter.next());
  waiters.gap();
  expect(await Promise.all(nexts.map(toldBy))).toEqual(['check', 'check']);
});

test('a wait ends at its deadline, counted from the registration and not from the last hint', async () => {
  const waiter = register('a');
  await jest.advanceTimersByTimeAsync(40_000);
  waiters.hint('a');
  expect(await waiter.next()).toBe('check');
  const next = waiter.next();
  await jest.advanceTimersByTimeAsync(19_999);
  expect(await toldBy(next)).toBe('waiting');
  await jest.advanceTimersByTimeAsync(1);
  expect(await toldBy(next)).toBe('deadline');
  expect(await waiter.next()).toBe('deadline');
});

test('a hint that came before the deadline leads to one more check', async () => {
  const waiter = register('a');
  waiters.hint('a');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(await waiter.next()).toBe('check');
  expect(await waiter.next()).toBe('deadline');
});

test('without hints a wait checks again at its pace, and a hint is heard at any of its checks', async () => {
  const waiter = register('a', { timeoutMs: 5_000, recheckMs: 1_000 });
  for (let second = 1; second <= 3; second++) {
    const next = waiter.next();
    await jest.advanceTimersByTimeAsync(999);
    expect(await toldBy(next)).toBe('waiting');
    await jest.advanceTimersByTimeAsync(1);
    expect(await toldBy(next)).toBe('check');
    const hinted = waiter.next();
    waiters.hint('a');
    expect(await toldBy(hinted)).toBe('check');
    // The deadline's alone.
    expect(jest.getTimerCount()).toBe(1);
  }
  const paced = waiter.next();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await toldBy(paced)).toBe('check');
  const last = waiter.next();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await toldBy(last)).toBe('deadline');
});

test('a client that goes ends its own wait alone, also when it had gone before', async () => {
  const gone = new AbortController();
  const options = { ...minute, signal: gone.signal };
  const nexts = [register('a', options), register('a')].map((waiter) => waiter.next());
  gone.abort();
  expect(await Promise.all(nexts.map(toldBy))).toEqual(['aborted', 'waiting']);
  const late = register('a', options);
  waiters.hint('a');
  expect(await toldBy(late.next())).toBe('aborted');
  for (const waiter of registered) waiter.stop();
  expect(getEventListeners(gone.signal, 'abort')).toEqual([]);
});

test('closing ends every wait, and every later one at once', async () => {
  const nexts = [register('a'), register('b')].map((waiter) => waiter.next());
  waiters.close();
  expect(await Promise.all(nexts.map(toldBy))).toEqual(['closed', 'closed']);
  expect(await toldBy(register('a').next())).toBe('closed');
  expect(waiters.closed).toBe(true);
});

test('waits are counted, in total and for each group, until they are stopped; stopping twice counts once', async () => {
  const one = register('a', { ...minute, group: 'g' });
  register('a');
  register('b', { ...minute, group: 'g' });
  expect([waiters.size, waiters.sizeOf('g'), waiters.sizeOf('other')]).toEqual([3, 2, 0]);
  // Two ids and a group.
  expect(waiters.kept).toBe(3);
  const next = one.next();
  one.stop();
  one.stop();
  expect(await toldBy(next)).toBe('aborted');
  expect([waiters.size, waiters.sizeOf('g')]).toEqual([2, 1]);
});
