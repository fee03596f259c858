import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { tellLostExports } from './told-exports.ts';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

test('that traces are lost is told once, with the reason, and once that they arrive again; who exports learns of each', async () => {
  const [log, asked]: [unknown[], unknown[]] = [[], []];
  const results = [
    { code: 0 },
    { code: 1, error: new Error('connect ECONNREFUSED') },
    { code: 1, error: new Error('Not Found') },
    { code: 0 },
    { code: 0 },
    { code: 1 },
  ] as unknown as Result[];
  const exporter: SpanExporter = {
    export: (spans, done) => {
      asked.push(spans);
      done(results[asked.length - 1] as Result);
    },
    shutdown: async () => void asked.push('shutdown'),
    forceFlush: async () => void asked.push('flush'),
  };
  const told = tellLostExports(exporter, {
    warn: (...line: unknown[]) => void log.push(line),
    info: (...line: unknown[]) => void log.push(line),
  });
  const learnt: Result[] = [];
  const spans = results.map(() => []);
  for (const each of spans) told.export(each, (result) => learnt.push(result));
  expect(learnt).toEqual(results);
  expect(log).toEqual([
    [{ reason: 'connect ECONNREFUSED' }, 'traces are lost: the collector does not take them'],
    ['the collector takes traces again'],
    [{ reason: 'unknown' }, 'traces are lost: the collector does not take them'],
  ]);
  await told.forceFlush?.();
  await told.shutdown();
  expect(asked).toEqual([...spans, 'flush', 'shutdown']);
});
