import { readFileSync } from 'node:fs';
import { Counter, Gauge, type Registry } from 'prom-client';
import { LogOutput } from './log-output.ts';
import { createLogger, type Logger, type LoggerOptions } from './logger.ts';
import { createMetricsRegistry } from './metrics.ts';

/** What a process tells of itself. */
export interface Telemetry {
  /** What the output cannot take is dropped and counted. */
  readonly logger: Logger;
  readonly registry: Registry;
}

/** Starts a process's log, to standard output unless another is given, and metrics. */
export function startTelemetry(options: LoggerOptions, output = new LogOutput(1)): Telemetry {
  const logger = createLogger(options, output);
  output.onTakenAgain = (dropped) =>
    logger.warn({ dropped }, 'log lines were dropped: their reader was behind, or the disk full');
  process.on('exit', () => output.flush());
  const registry = createMetricsRegistry(options.service);
  const dropped: Counter = new Counter({
    name: 'ravi_log_lines_dropped_total',
    help: 'Log lines that were dropped because standard output could not take them: full disk, reader gone or stalled.',
    registers: [registry],
    collect: () => {
      dropped.reset();
      dropped.inc(output.dropped);
    },
  });
  new Gauge({
    name: 'ravi_build_info',
    help: 'Always 1; the labels say which release runs, on which Node.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: releaseVersion(), node: process.versions.node }, 1);
  return { logger, registry };
}

/** The version of the release, which all of its packages have. */
function releaseVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
