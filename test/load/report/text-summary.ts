import type { LoadResult } from '../measuring/load-result.ts';

/** What a run found out, for a terminal. */
export function textSummary(result: LoadResult): string {
  const { tally } = result;
  const counts = Object.entries(tally.counts).filter(([, count]) => count > 0);
  const faults = Object.entries(tally.faults).flatMap(([kind, list]) =>
    list.slice(0, 10).map(({ login, why }) => `${kind}: ${login}: ${why}`),
  );
  return [
    `\n${result.scenario} at ${result.target}`,
    `${result.done} ${result.unit} in ${result.seconds.toFixed(2)} s: ${Math.round(result.perSecond)}/s`,
    counts.map(([name, count]) => `${name} ${count}`).join(', '),
    ...(Object.keys(result.latencies).length > 0 ? ['', latencyTable(result)] : []),
    ...(result.phases.some(({ usage }) => usage.length > 0) ? ['', usageTable(result)] : []),
    ...(faults.length > 0 ? ['', ...faults] : []),
    '',
    result.kept ? 'No login was lost or doubled.' : 'LOGINS WERE LOST OR DOUBLED.',
  ].join('\n');
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
