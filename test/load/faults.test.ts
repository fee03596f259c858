import { setImmediate } from 'node:timers/promises';
import { type FaultTarget, parseFault, parseFaults } from '../../tools/load/faults/fault.ts';
import { FaultSchedule } from '../../tools/load/faults/fault-schedule.ts';
import { LoadError } from '../../tools/load/load-error.ts';
import { parseOptions } from '../../tools/load/options.ts';

/** A process that notes what is done to it. */
function target(name: string, noted: string[]): FaultTarget {
  const note = (what: string) => () => void noted.push(`${what} ${name}`);
  return {
    name,
    kill: note('kill'),
    freeze: note('freeze'),
    thaw: note('thaw'),
    restart: () => {
      noted.push(`restart ${name}`);
      return Promise.resolve();
    },
  };
}

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof LoadError) return error.message;
    throw error;
  }
  return 'not refused';
};

test('a fault says when, what, and to which process, or is a command', () => {
  expect(parseFault('5s kill api 2')).toMatchObject({ atSeconds: 5, kind: 'kill', process: 'api 2' });
  expect(parseFault('0.5s restart redis')).toMatchObject({
    atSeconds: 0.5,
    kind: 'restart',
    process: 'redis',
  });
  expect(parseFault('1s freeze issuer 1 for 2.5s')).toMatchObject({
    kind: 'freeze',
    process: 'issuer 1',
    seconds: 2.5,
  });
  expect(parseFault('1s run kubectl delete pod x')).toMatchObject({
    kind: 'run',
    command: 'kubectl delete pod x',
  });
  for (const text of ['kill api 1', '5 kill api 1', '5s', '5s drown api 1'])
    expect(refusal(() => parseFault(text))).toMatch(/^--fault ".*": write when, what and to whom, such as/);
  expect(refusal(() => parseFault('5s freeze redis'))).toContain(
    "say for how long, such as '5s freeze redis for 3s'",
  );
  // A timer of more than 24 days would be over at once.
  for (const text of ['2147484s kill api 1', '5s freeze redis for 2147484s'])
    expect(refusal(() => parseFault(text))).toContain('no run is longer than 86400 s');
});

test('a fault that no process can have, or after which none of its kind is left, is refused before the run', () => {
  const check = (...texts: string[]) => refusal(() => parseFaults(texts, { apis: 2, issuers: 1 }));
  expect(check('1s kill api 2', '2s restart api 1', '3s freeze redis for 1s')).toBe('not refused');
  expect(check('1s kill api 3')).toContain(
    'there is no process "api 3" then, only redis, api 1, api 2, issuer 1',
  );
  expect(check('1s kill issuer 1')).toContain('it is the only one of its kind');
  expect(check('2s kill api 2', '1s kill api 1')).toContain(
    '"2s kill api 2": it is the only one of its kind',
  );
  expect(check('2s restart api 1', '1s kill api 1')).toContain('there is no process "api 1" then');
});

test('processes are known of a stack only; a deployment is disturbed by a command of its operator', () => {
  const parse = (fault: string) => () =>
    parseOptions(['login', '--url', 'http://127.0.0.1:3000', '--approve', '--fault', fault], undefined);
  expect(refusal(parse('5s kill api 1'))).toContain("give a command that does it: '5s run COMMAND'");
  expect(parse('5s run ./fail-over.sh')()?.faults).toHaveLength(1);
});

test('faults are done at their times, from the first phase on, and marked', async () => {
  const noted: string[] = [];
  const texts = ['20s restart b', '10s kill a', '40s freeze b for 5s', '0s run exit 0'];
  const pending = new Map<number, () => void>();
  const targets = [target('a', noted), target('b', noted)];
  const schedule = new FaultSchedule(texts.map(parseFault), targets, (ms) => {
    const time = Promise.withResolvers<void>();
    pending.set(ms, time.resolve);
    return time.promise;
  });
  schedule.begin();
  schedule.begin();
  expect([...pending.keys()]).toEqual([20_000, 10_000, 40_000, 0]);
  const soFar: string[][] = [];
  for (const ms of [0, 10_000, 20_000, 40_000, 5_000]) {
    pending.get(ms)?.();
    await setImmediate();
    soFar.push([...noted]);
  }
  await schedule.end();
  const all = ['kill a', 'restart b', 'freeze b', 'thaw b'];
  expect(soFar).toEqual([0, 1, 2, 3, 4].map((count) => all.slice(0, count)));
  expect(schedule.marks.map(({ label }) => label).toSorted()).toEqual(
    ['killed a', 'ran exit 0', 'killed b', 'b is back', 'froze b', 'b goes on'].toSorted(),
  );
  expect(schedule.failures).toEqual([]);
});

test('a process that stands still when the run ends goes on at once, and what was not done, or failed, is told', async () => {
  const noted: string[] = [];
  const texts = ['0s freeze a for 600s', '600s kill a', '0s run echo no such host >&2; exit 3'];
  const schedule = new FaultSchedule(texts.map(parseFault), [target('a', noted)]);
  schedule.begin();
  await until(() => noted.length === 1 && schedule.failures.length === 1);
  await schedule.end();
  expect(noted).toEqual(['freeze a', 'thaw a']);
  expect(schedule.failures).toEqual([
    '"0s run echo no such host >&2; exit 3" failed: no such host',
    '"600s kill a" was not done: the run was over before its time.',
  ]);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
