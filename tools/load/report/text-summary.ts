import { type Fault, noLogin } from '../measuring/ledger.ts';
import { bytesPerWait, type LoadResult, verdict } from '../measuring/load-result.ts';

/** The results of a run, for a terminal. */
export function textSummary(result: LoadResult): string {
  const { tally } = result;
  const perWait = bytesPerWait(result);
  const counts = Object.entries(tally.counts).filter(([, count]) => count > 0);
  const faults = Object.entries(tally.faults).flatMap(([kind, list]) => grouped(kind, list));
  const isLimited = Object.values(tally.faults).some((list) => list.some(({ why }) => / 429 /.test(why)));
  return [
    `\n${result.scenario} at ${result.target}`,
    `${result.done} ${result.unit} in ${result.seconds.toFixed(2)} s: ${Math.round(result.perSecond)}/s`,
    counts.map(([name, count]) => `${name} ${count}`).join(', '),
    ...(Object.keys(result.latencies).length > 0 ? ['', latencyTable(result)] : []),
    ...(result.phases.some(({ usage }) => usage.length > 0) ? ['', usageTable(result)] : []),
    `load generator: at most ${result.generator.cpuSeconds.toFixed(1)} s of CPU and ${megabytes(result.generator.maxRssBytes)} a process`,
    `network: ${megabytes(result.traffic.sentBytes)} sent, ${megabytes(result.traffic.receivedBytes)} received`,
    ...(perWait === null
      ? []
      : [`a held wait takes ${(perWait / 1000).toFixed(1)} KB of the servers, before garbage is collected`]),
    ...(faults.length > 0 ? ['', ...faults] : []),
    ...(tally.counts.slowedDown > tally.counts.polled / 10
      ? [
          'More than a tenth of the polls came too soon and were answered slow_down: with more --clients each comes less often.',
        ]
      : []),
    ...(isLimited ? ['The target limits its callers (429): start it with RATE_LIMITS=off to load it.'] : []),
    '',
    verdict(result),
  ].join('\n');
}

const isNamed = ({ login }: Fault) => login !== noLogin;

/** One line for each login, at most ten; faults of no particular login have one line for each reason. */
function grouped(kind: string, faults: readonly Fault[]): readonly string[] {
  const named = faults.filter(isNamed).map(({ login, why }) => `${kind}: ${login}: ${why}`);
  const unnamed = faults.filter((fault) => !isNamed(fault));
  const byReason = Map.groupBy(unnamed, ({ why }) => why.replace(/Try again in \d+ s/, 'Try again later'));
  return [
    ...named.slice(0, 10),
    ...[...byReason].slice(0, 10).map(([why, list]) => `${kind}, ${list.length} of those kept: ${why}`),
  ];
}

function latencyTable({ latencies }: LoadResult): string {
  const columns = ['p50', 'p90', 'p99', 'p999', 'max'] as const;
  const head = `${'ms'.padEnd(30)}${columns.map((column) => column.padStart(10)).join('')}`;
  const rows = Object.entries(latencies).map(
    ([name, summary]) =>
      name.padEnd(30) + columns.map((column) => summary[column].toFixed(2).padStart(10)).join(''),
  );
  return [head, ...rows].join('\n');
}

function usageTable({ phases }: LoadResult): string {
  return phases
    .flatMap(({ name, seconds, usage }) =>
      usage.map(
        ({ server, rssBytes, rssGrowthBytes, cpuPercent }) =>
          `until ${name.padEnd(9)} ${seconds.toFixed(1).padStart(6)} s  ${server.padEnd(10)} ${megabytes(rssBytes)} (${rssGrowthBytes < 0 ? '' : '+'}${megabytes(rssGrowthBytes)})  ${cpuPercent.toFixed(1).padStart(5)}% CPU`,
      ),
    )
    .join('\n');
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
