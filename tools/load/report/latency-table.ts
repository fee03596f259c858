import type { LatencySummary } from '../measuring/latencies.ts';

/** Latencies in milliseconds, for a terminal. */
export function latencyTable(latencies: Readonly<Record<string, LatencySummary>>): string {
  const columns = ['p50', 'p90', 'p99', 'p999', 'max'] as const;
  const head = `${'ms'.padEnd(30)}${columns.map((column) => column.padStart(10)).join('')}`;
  const rows = Object.entries(latencies).map(
    ([name, summary]) =>
      name.padEnd(30) + columns.map((column) => summary[column].toFixed(1).padStart(10)).join(''),
  );
  return [head, ...rows].join('\n');
}
