import { randomInt } from 'node:crypto';
import { openFilesLimit } from '@ravi/runtime';
import { openSession, type Session } from './client/session.ts';
import { networkOf } from './client/source-addresses.ts';
import { parseTarget, takesLoopbackSources } from './client/target.ts';
import { LoadError } from './load-error.ts';
import { type LoadResult, toLoadResult } from './measuring/load-result.ts';
import type { ServerGauge } from './measuring/server-figures.ts';
import type { LoadOptions } from './options.ts';
import { coordinate, type TimelineSample } from './processes/coordinator.ts';
import type { Job } from './processes/messages.ts';
import { processesFor, splitShare } from './processes/shares.ts';

/** The deployment under load, and its gauges. */
export interface Deployment {
  readonly urls: readonly [string, ...string[]];
  /** Another target for starts and approvals, so that the measured servers only hold waits. */
  readonly callUrls?: readonly [string, ...string[]];
  /** The approvers, used in turn; by default one account, new or from the options. */
  readonly sessions?: readonly Session[];
  readonly gauges: readonly ServerGauge[];
  /** Read between the phases, instead of `gauges`: these may be slow but exact. */
  readonly phaseGauges?: readonly ServerGauge[];
}

/** Runs a scenario against a deployment. Throws LoadError if it cannot start. */
export async function runLoad(
  options: LoadOptions,
  deployment: Deployment,
  onSample: (sample: TimelineSample) => void,
  stopping: AbortSignal,
): Promise<LoadResult> {
  const [url] = deployment.urls;
  const target = parseTarget(url);
  const sessions = options.approve
    ? (deployment.sessions ?? [await openSession(deployment.callUrls?.[0] ?? url, options.account)])
    : [];
  const processes =
    options.processes ?? processesFor(options.clients + options.connections, openFilesLimit());
  if (options.clients / processes > openFilesLimit()) {
    throw new LoadError(
      `A process may open ${openFilesLimit()} files here, which is less than its share of ${options.clients} clients: ` +
        'leave --processes out, or raise the limit (ulimit -n, or LimitNOFILE=) as an administrator.',
    );
  }
  const { clients, connections, rate, seconds, rampSeconds, thinkMs } = options;
  const run = randomInt(65_536);
  const shares = splitShare({ clients, connections, rate, seconds, rampSeconds, thinkMs }, processes);
  const jobs = shares.map((share, index): Job => ({
    scenario: options.scenario,
    waitUrls: deployment.urls,
    callUrls: deployment.callUrls ?? deployment.urls,
    share,
    sessions,
    network: takesLoopbackSources(target) ? networkOf(run, index) : null,
  }));
  const startedAt = new Date();
  const done = await coordinate(jobs, { ...deployment, onSample, stopping });
  return toLoadResult(options, deployment.urls.join(', '), startedAt, done, stopping.aborted);
}
