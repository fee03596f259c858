import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onStopSignal, shutDown } from './shutdown.ts';

afterEach(() => jest.useRealTimers());

test('every step runs, in order, whatever the others do, and no timer is left', async () => {
  jest.useFakeTimers();
  const log: string[] = [];
  const stopped = shutDown(
    [
      { name: 'fails', run: () => Promise.reject(new Error('no')) },
      { name: 'hangs', run: () => new Promise<void>(() => undefined) },
      { name: 'works', run: () => void log.push('works ran') },
    ],
    { stepFailed: (name) => void log.push(`${name} failed`) },
    10,
  );
  await jest.advanceTimersByTimeAsync(9);
  expect(log).toEqual(['fails failed']);
  await jest.advanceTimersByTimeAsync(1);
  await stopped;
  expect(log).toEqual(['fails failed', 'hangs failed', 'works ran']);
  expect(jest.getTimerCount()).toBe(0);
});

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

test.each(signals)('%s begins one stop, also if it comes twice; any other after it ends with 1', (first) => {
  const exit = process.exit.bind(process);
  const log: string[] = [];
  process.exit = (code) => {
    log.push(`exit ${code}`);
    throw new Error('ended');
  };
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  let nowMs = 5;
  onStopSignal((signal) => void log.push(signal), { nowMs: () => nowMs });
  const added = signals.flatMap((signal) =>
    process.listeners(signal).flatMap((listen) => (before.has(listen) ? [] : [{ signal, listen }])),
  );
  try {
    expect(added.map(({ signal }) => signal)).toEqual(signals);
    const again = added.find(({ signal }) => signal === first);
    const others = added.filter((one) => one !== again);
    again?.listen(first);
    nowMs += 999;
    again?.listen(first);
    expect(log).toEqual([first]);
    for (const { signal, listen } of others) expect(() => listen(signal)).toThrow('ended');
    nowMs += 1;
    expect(() => again?.listen(first)).toThrow('ended');
    expect(log).toEqual([first, 'exit 1', 'exit 1', 'exit 1']);
  } finally {
    process.exit = exit;
    for (const { signal, listen } of added) process.off(signal, listen);
  }
});

test('a first signal begins one stop, however long it takes; a second ends the process at once', async () => {
  const shutdown = new URL('./shutdown.ts', import.meta.url).href;
  const program = `
    const { onStopSignal } = await import(${JSON.stringify(shutdown)});
    onStopSignal((signal) => console.log('stops by ' + signal));
    setInterval(() => undefined, 1000);
    console.log('runs');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  let output = '';
  child.stdout.on('data', (text) => (output += String(text)));
  const says = async (text: string) => {
    while (!output.includes(text)) await once(child.stdout, 'data');
  };
  try {
    await says('runs');
    child.kill('SIGTERM');
    await says('stops by SIGTERM');
    expect(child.exitCode).toBeNull();
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(60_000) });
    child.kill('SIGINT');
    expect(await ended).toEqual([1, null]);
  } finally {
    child.kill('SIGKILL');
  }
  expect(output).not.toContain('SIGINT');
});
