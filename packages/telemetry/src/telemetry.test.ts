import fs, { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogOutput } from './log-output.ts';
import { startTelemetry } from './telemetry.ts';

const directory = mkdtempSync(join(tmpdir(), 'ravi-telemetry-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A process's telemetry, to a file; `end` does what is done at its end. */
function started() {
  const path = join(directory, crypto.randomUUID());
  const fd = openSync(path, 'w');
  const output = new LogOutput(fd);
  const before = process.listeners('exit');
  const telemetry = startTelemetry({ service: 'api', instance: 'one', level: 'info' }, output);
  const atEnd = process.listeners('exit').filter((listener) => !before.includes(listener));
  return {
    ...telemetry,
    output,
    lines: () => readFileSync(path, 'utf8').split('\n').slice(0, -1),
    figure: async (name: string) =>
      new RegExp(`^${name}\\{.*\\} (.*)$`, 'm').exec(await telemetry.registry.metrics())?.[1],
    end: () => {
      for (const listener of atEnd) {
        listener(0);
        process.off('exit', listener);
      }
      closeSync(fd);
    },
  };
}

test('the last lines of a process are written before it ends', () => {
  const { logger, lines, end } = started();
  logger.info('ready');
  logger.info('going');
  expect(lines()).toEqual([]);
  end();
  expect(lines().map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['ready', 'going']);
});

test('lines that a full disk drops are counted, and told once it takes lines again', async () => {
  const { logger, output, lines, figure, end } = started();
  const real = fs.writeSync;
  const full = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  Object.assign(fs, { writeSync: full });
  syncBuiltinESMExports();
  try {
    for (let line = 0; line < 3; line++) logger.info('dropped');
    output.flush();
  } finally {
    Object.assign(fs, { writeSync: real });
    syncBuiltinESMExports();
  }
  // However often it is asked.
  for (let scrape = 0; scrape < 2; scrape++) expect(await figure('ravi_log_lines_dropped_total')).toBe('3');
  logger.info('taken');
  output.flush();
  end();
  expect(lines().map((line) => JSON.parse(line) as object)).toMatchObject([
    { msg: 'taken' },
    { level: 'warn', dropped: 3, msg: expect.stringContaining('log lines were dropped') },
  ]);
});

test('the metrics say which release runs, on which Node', async () => {
  const { registry, end } = started();
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  const labels = `version="${version}",node="${process.versions.node}",service="api"`;
  expect(await registry.metrics()).toContain(`ravi_build_info{${labels}} 1`);
  end();
});
