import { Registry } from '@ravi/telemetry';
import { measureQueue, type QueueState } from './queue-metrics.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A queue of which a process tells; `state` is what there is in it, null while Redis is away. */
function measured() {
  const registry = new Registry();
  const its = { nowMs: 1_000_000, reads: 0, state: null as QueueState | null };
  const read = async () => {
    its.reads++;
    if (its.state === null) throw new Error('Connection is closed.');
    return its.state;
  };
  const stop = measureQueue(read, { nowMs: () => its.nowMs }, registry);
  const figures = async () => {
    const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('ravi_queue'));
    const [waiting, active, retrying, oldest] = lines.map((line) => Number(line.split(' ').at(-1)));
    return { waiting, active, retrying, oldest };
  };
  return { its, stop, figures };
}
const none = { waiting: 0, active: 0, retrying: 0, oldest: 0 };

test('what waits is told from the start, read every five seconds, and stays while Redis is away, but grows older', async () => {
  const { its, stop, figures } = measured();
  expect(await figures()).toEqual(none);
  expect(its.reads).toBe(1);
  its.state = { waiting: 1, active: 2, retrying: 3, oldestAddedAtMs: its.nowMs - 1_500 };
  await jest.advanceTimersByTimeAsync(4_999);
  expect([its.reads, await figures()]).toEqual([1, none]);
  await jest.advanceTimersByTimeAsync(1);
  const told = { waiting: 1, active: 2, retrying: 3 };
  expect([its.reads, await figures()]).toEqual([2, { ...told, oldest: 1.5 }]);
  its.state = null;
  its.nowMs += 60_000;
  await jest.advanceTimersByTimeAsync(5_000);
  expect([its.reads, await figures()]).toEqual([3, { ...told, oldest: 61.5 }]);
  its.state = { waiting: 0, active: 0, retrying: 0, oldestAddedAtMs: null };
  await jest.advanceTimersByTimeAsync(5_000);
  expect(await figures()).toEqual(none);
  stop();
  await jest.advanceTimersByTimeAsync(60_000);
  expect([its.reads, jest.getTimerCount()]).toEqual([4, 0]);
});

test('no job is younger than nothing, whatever the clock of the machine that added it', async () => {
  const { its, stop, figures } = measured();
  its.state = { waiting: 1, active: 0, retrying: 0, oldestAddedAtMs: its.nowMs + 2_000 };
  await jest.advanceTimersByTimeAsync(5_000);
  expect(await figures()).toMatchObject({ waiting: 1, oldest: 0 });
  stop();
});
