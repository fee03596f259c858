import { type Fault, noLogin } from '../measuring/ledger.ts';
import { bytesPerWait, type LoadResult, verdict } from '../measuring/load-result.ts';
import { toldCounts, toldFaults } from '../measuring/words.ts';
import { differences, otherOptions } from './comparison.ts';
import { generatorLimit, headline, requirementLines } from './headline.ts';
import { latencyTable } from './latency-table.ts';
import { megabytes, percent, seconds as inSeconds, whole } from './numbers.ts';

/** The results of a run, for a terminal. */
export function textSummary(result: LoadResult, earlier: LoadResult | null = null): string {
  const { tally } = result;
  const perWait = bytesPerWait(result);
  const faults = toldFaults(tally).flatMap(([kind, list]) => grouped(kind, list));
  const hasFault = (reason: RegExp) =>
    Object.values(tally.faults).some((list) => list.some(({ why }) => reason.test(why)));
  return [
    `\n${result.scenario} at ${result.target}`,
    ...requirementLines(result),
    headline(result),
    generatorLimit(result),
    toldCounts(tally.counts)
      .map(([word, count]) => `${word} ${whole(count)}`)
      .join(', '),
    ...(Object.keys(result.latencies).length > 0 ? ['', latencyTable(result.latencies)] : []),
    ...(result.phases.some(({ usage }) => usage.length > 0) ? ['', usageTable(result)] : []),
    ...(earlier === null ? [] : ['', comparison(earlier, result)]),
    `load generator: at most ${inSeconds(result.generator.cpuSeconds)} of CPU and ${megabytes(result.generator.maxRssBytes)} a process`,
    `network: ${megabytes(result.traffic.sentBytes)} sent, ${megabytes(result.traffic.receivedBytes)} received`,
    ...(perWait === null
      ? []
      : [`a held wait takes ${(perWait / 1000).toFixed(1)} KB of the servers, before garbage is collected`]),
    ...(result.marks.length > 0 ? ['', ...markLines(result)] : []),
    ...(faults.length > 0 ? ['', ...faults] : []),
    ...(tally.counts.slowedDown > tally.counts.polled / 10
      ? [
          'More than a tenth of the polls came too soon and were answered slow_down: with more --clients each comes less often.',
        ]
      : []),
    ...(hasFault(/ 429 /)
      ? ['The target limits its callers (429): start it with RATE_LIMITS=off to load it.']
      : []),
    ...(hasFault(/^approve: 40[13] /)
      ? [
          'The approver may not approve (any more): one session does so for the whole run. Raise REAUTHENTICATE_AFTER_SECONDS and SESSION_MAX_SECONDS, and leave REQUIRE_SECOND_FACTOR off.',
        ]
      : []),
    '',
    verdict(result),
    `Again: ${result.command}`,
  ].join('\n');
}

/** What was done to the processes, and when the load generator stood still. */
function markLines({ marks, startedAt }: LoadResult): readonly string[] {
  const startMs = Date.parse(startedAt);
  return marks.map(({ atMs, label }) => `after ${inSeconds((atMs - startMs) / 1000)}: ${label}`);
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

function comparison(earlier: LoadResult, result: LoadResult): string {
  const other = otherOptions(earlier, result);
  return [
    `compared with ${earlier.startedAt}${other === '' ? '' : `, which was another run (${other})`}`,
    ...differences(earlier, result).map(
      ({ figure, earlier: then, now, change }) =>
        `${figure.padEnd(38)}${then.padStart(14)}${now.padStart(14)}${change.padStart(10)}`,
    ),
  ].join('\n');
}

function usageTable({ phases }: LoadResult): string {
  return phases
    .flatMap(({ name, seconds, usage }) =>
      usage.map(
        ({ server, rssBytes, rssGrowthBytes, cpuPercent }) =>
          `until ${name.padEnd(9)} ${inSeconds(seconds).padStart(8)}  ${server.padEnd(10)} ${megabytes(rssBytes)} (${rssGrowthBytes < 0 ? '' : '+'}${megabytes(rssGrowthBytes)})  ${percent(cpuPercent).padStart(7)} of a core`,
      ),
    )
    .join('\n');
}
