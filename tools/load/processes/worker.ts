import { ConnectionPool } from '../client/connection-pool.ts';
import { DeviceCalls } from '../client/device-calls.ts';
import { SourceAddresses } from '../client/source-addresses.ts';
import { atAddress, parseTarget, Targets } from '../client/target.ts';
import { trafficSoFar } from '../client/traffic.ts';
import { Activity } from '../measuring/activity.ts';
import { Latencies } from '../measuring/latencies.ts';
import { Ledger } from '../measuring/ledger.ts';
import { scenarios } from '../scenarios/index.ts';
import type { FromWorker, Job, ToWorker } from './messages.ts';

/** How often a worker reports. Latencies are in every fourth report: writing and reading them takes a millisecond. */
const sampleMs = 250;
const reportsForLatencies = 4;

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
// A terminal's Ctrl-C reaches all processes, as does the SIGTERM of `timeout`; the coordinator says when to stop, and needs the results.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// Without its coordinator, a worker must stop its load.
process.on('disconnect', () => process.exit(1));

async function drive(job: Job): Promise<void> {
  const targets = targetsAt(job.waitUrls, job.addresses);
  const callTargets = targetsAt(job.callUrls, job.addresses);
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
  let toldMs = performance.now();
  let reports = 0;
  const tell = (isLast: boolean) => {
    reports++;
    const lateMs = Math.max(0, performance.now() - toldMs - sampleMs);
    toldMs = performance.now();
    send({
      kind: 'progress',
      progress: {
        sample: run.activity.sample(),
        counts: run.ledger.tally().counts,
        latencies: isLast || reports % reportsForLatencies === 0 ? run.latencies.takeRecent() : {},
        lateMs,
      },
    });
  };
  const sampling = setInterval(() => tell(false), sampleMs);
  await scenarios[job.scenario].run(run);
  clearInterval(sampling);
  tell(true);
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

function targetsAt(urls: readonly [string, ...string[]], addresses: readonly string[]): Targets {
  const targets = urls.map(parseTarget);
  const all = targets.flatMap((target) =>
    addresses.length === 0 ? [target] : addresses.map((address) => atAddress(target, address)),
  );
  const [first = parseTarget(urls[0]), ...others] = all;
  return new Targets(first, ...others);
}

function send(message: FromWorker): void {
  process.send?.(message);
}
