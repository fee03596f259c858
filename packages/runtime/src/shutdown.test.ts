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
