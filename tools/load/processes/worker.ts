import { ConnectionPool } from '../client/connection-pool.ts';
import { DeviceCalls } from '../client/device-calls.ts';
import { SourceAddresses } from '../client/source-addresses.ts';
import { parseTarget, Targets } from '../client/target.ts';
import { trafficSoFar } from '../client/traffic.ts';
import { Activity } from '../measuring/activity.ts';
import { Latencies } from '../measuring/latencies.ts';
import { Ledger } from '../measuring/ledger.ts';
import { scenarios } from '../scenarios/index.ts';
import type { FromWorker, Job, ToWorker } from './messages.ts';

/** How often a worker reports. */
const sampleMs = 250;

const stopping = new AbortController();
let goOn: (() => void) | null = null;

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'begin':
      void drive(message.job);
      break;
    case 'goOn':
      goOn?.();
      break;
    case 'stop':
      stopping.abort();
  }
});
// The terminal's Ctrl-C reaches all processes; the coordinator says when to stop, and needs the results.
process.on('SIGINT', () => undefined);
// Without its coordinator, a worker must stop its load.
process.on('disconnect', () => process.exit(1));

async function drive(job: Job): Promise<void> {
  const targets = targetsAt(job.waitUrls);
  const callTargets = targetsAt(job.callUrls);
  const addresses = new SourceAddresses(job.network);
  const run = {
    share: job.share,
    targets,
    addresses,
    calls: new DeviceCalls(targets.first),
    pool: new ConnectionPool(job.share.connections, callTargets, addresses),
    sessions: job.sessions,
    ledger: new Ledger(),
    latencies: new Latencies(),
    activity: new Activity(),
    stopping: stopping.signal,
    together: (phase: string) =>
      new Promise<void>((resolve) => {
        goOn = resolve;
        send({ kind: 'reached', phase });
      }),
  };
  const sampling = setInterval(() => send({ kind: 'sample', sample: run.activity.sample() }), sampleMs);
  await scenarios[job.scenario].run(run);
  clearInterval(sampling);
  send({ kind: 'sample', sample: run.activity.sample() });
  run.pool.close();
  send({
    kind: 'finished',
    result: {
      tally: run.ledger.tally(),
      latencies: run.latencies.encode(),
      traffic: trafficSoFar(),
      own: ownUse(),
      window: run.activity.window(),
    },
  });
}

function ownUse(): { cpuSeconds: number; maxRssBytes: number } {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, maxRssBytes: maxRSS * 1024 };
}

function targetsAt([first, ...others]: readonly [string, ...string[]]): Targets {
  return new Targets(parseTarget(first), ...others.map(parseTarget));
}

function send(message: FromWorker): void {
  process.send?.(message);
}
