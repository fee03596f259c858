import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shutDown } from './shutdown.ts';

test('every step runs, in order, whatever the others do', async () => {
  const log: string[] = [];
  await shutDown(
    [
      { name: 'fails', run: () => Promise.reject(new Error('no')) },
      { name: 'hangs', run: () => new Promise<void>(() => undefined) },
      { name: 'works', run: () => void log.push('works ran') },
    ],
    { stepFailed: (name) => void log.push(`${name} failed`) },
    10,
  );
  expect(log).toEqual(['fails failed', 'hangs failed', 'works ran']);
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
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(10_000) });
    child.kill('SIGINT');
    expect(await ended).toEqual([1, null]);
  } finally {
    child.kill('SIGKILL');
  }
  expect(output).not.toContain('SIGINT');
});
