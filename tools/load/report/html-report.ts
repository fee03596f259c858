import { bytesPerWait, type LoadResult, tooManyFailed, verdict } from '../measuring/load-result.ts';
import { toldCounts, toldFaults } from '../measuring/words.ts';
import { activityCharts, latencyChart, latencyOverTime, serverCharts } from './charts.ts';
import { differences, otherOptions } from './comparison.ts';
import { generatorLimit, headline, requirementLines } from './headline.ts';
import { decimal, megabytes, milliseconds, percent, seconds as inSeconds, whole } from './numbers.ts';
import { reportStyle } from './style.ts';
import { escapeMarkup } from './svg.ts';

/** The result of a run as one self-contained page without scripts. */
export function htmlReport(result: LoadResult, earlier: LoadResult | null = null): string {
  return reportPage(titleOf(result), reportContent(result, earlier));
}

/** A page around the content. `head`: more for its head. */
export function reportPage(title: string, content: string, head = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title><style>${reportStyle}</style>${head}</head><body><main>
${content}
</main></body></html>
`;
}

export const titleOf = ({ scenario }: LoadResult) => `Load test: ${scenario}`;

export function reportContent(result: LoadResult, earlier: LoadResult | null): string {
  const sections = [
    tiles(result),
    earlier === null ? '' : section('Compared with an earlier run', comparisonTable(earlier, result)),
    section('Over time', activityCharts(result) + latencyOverTime(result)),
    section('What was done meanwhile', markTable(result)),
    Object.keys(result.latencies).length > 0
      ? section('Latency', latencyChart(result) + latencyTable(result))
      : '',
    section('Servers', serverCharts(result) + usageTable(result)),
    section('Logins', countTable(result)),
    section('What the services counted', growthTable(result)),
    section('Network', trafficTable(result)),
    faultTable(result),
  ];
  const limit = result.running ? '' : `<p>${escapeMarkup(generatorLimit(result))}</p>\n`;
  return `<h1>${escapeMarkup(titleOf(result))}</h1>
${requirements(result)}<p class="headline">${escapeMarkup(headline(result))}</p>
<p class="verdict ${grade(result)}">${escapeMarkup(verdict(result))}</p>
${limit}<p class="soft">${escapeMarkup(`${result.target} · ${result.startedAt} · ${asked(result)}`)}<br>${escapeMarkup(from(result))}<br>Again: <code>${escapeMarkup(result.command)}</code></p>
${sections.join('\n')}`;
}

/** First of all, what was asked of the run. */
function requirements(result: LoadResult): string {
  const lines = requirementLines(result).map((line, index) => {
    const mark = result.requirements[index]?.met === true ? 'good' : 'bad';
    return `<li class="${mark}">${escapeMarkup(line)}</li>`;
  });
  return lines.length === 0 ? '' : `<ul class="required">${lines.join('')}</ul>\n`;
}

function asked({ options }: LoadResult): string {
  return Object.entries(options)
    .filter(([, value]) => value !== null && value !== 0 && value !== false)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(' · ');
}

function from({ machine, running, generator: { commit }, options: { machines } }: LoadResult): string {
  const by = machines === undefined ? 'driven' : 'coordinated';
  const { cpu, cores, memoryBytes, os, node } = machine;
  return `${running ? '' : `commit ${commit ?? 'unknown'}, `}${by} from ${cores} × ${cpu}, ${(memoryBytes / 1e9).toFixed(0)} GB, ${os}, Node ${node}`;
}

/** The grade of a run: no faults; faults, but no login lost or doubled; or logins lost or doubled. */
function grade(result: LoadResult): 'good' | 'poor' | 'bad' {
  if (!result.kept || tooManyFailed(result)) return 'bad';
  return result.tally.counts.failed > 0 || result.interrupted ? 'poor' : 'good';
}

function tiles(result: LoadResult): string {
  const { unit, done, seconds, perSecond, latencies } = result;
  const perWait = bytesPerWait(result);
  const facts: [string, string][] = [
    [`${unit} a second`, whole(perSecond)],
    [unit, whole(done)],
    ['measured', inSeconds(seconds)],
    ...Object.entries(latencies).map(([name, { p50, p99 }]): [string, string] => [
      `${name}: p50 / p99`,
      `${milliseconds(p50).replace(' ms', '')} / ${milliseconds(p99)}`,
    ]),
  ];
  if (perWait !== null) facts.push(['KB of the servers for each wait', (perWait / 1000).toFixed(1)]);
  return `<div class="tiles">${facts.map(([name, fact]) => `<div class="tile"><b>${fact}</b><span class="soft">${escapeMarkup(name)}</span></div>`).join('')}</div>`;
}

function latencyTable({ latencies }: LoadResult): string {
  const columns = ['min', 'mean', 'p50', 'p90', 'p99', 'p999', 'max'] as const;
  return table(
    ['latency', 'count', ...columns],
    Object.entries(latencies).map(([name, summary]) =>
      [name, whole(summary.count)].concat(columns.map((column) => milliseconds(summary[column]))),
    ),
  );
}

function comparisonTable(earlier: LoadResult, result: LoadResult): string {
  const other = otherOptions(earlier, result);
  const note = other === '' ? '' : `<p class="poor">It was another run: ${escapeMarkup(other)}.</p>`;
  const rows = differences(earlier, result).map(({ figure, earlier: then, now, change }) => [
    figure,
    then,
    now,
    change,
  ]);
  return `${note}${table(['figure', earlier.startedAt, result.startedAt, 'change'], rows)}`;
}

function usageTable({ phases }: LoadResult): string {
  return table(
    ['server', 'until', 'time', 'memory', 'growth', 'CPU, of one core'],
    phases.flatMap(({ name, seconds, usage }) =>
      usage.map(({ server, rssBytes, rssGrowthBytes, cpuPercent }) => [
        server,
        name,
        inSeconds(seconds),
        megabytes(rssBytes),
        megabytes(rssGrowthBytes),
        percent(cpuPercent),
      ]),
    ),
  );
}

function countTable({ tally }: LoadResult): string {
  return table(
    ['what happened', 'count'],
    toldCounts(tally.counts).map(([word, count]) => [word, whole(count)]),
  );
}

function markTable({ marks, startedAt }: LoadResult): string {
  const since = (atMs: number) => inSeconds((atMs - Date.parse(startedAt)) / 1000);
  return table(
    ['number in the charts', 'what', 'after'],
    marks.map(({ atMs, label }, index) => [String(index + 1), label, since(atMs)]),
  );
}

function growthTable({ growth }: LoadResult): string {
  return table(
    ['metric', 'server', 'grew by', 'mean'],
    growth.map(({ metric, server, by, mean }) => [
      metric,
      server,
      decimal(by),
      mean === null ? '' : decimal(mean),
    ]),
  );
}

function trafficTable({ running, traffic: { sentBytes, receivedBytes } }: LoadResult): string {
  if (running) return '';
  return table(['requests', 'answers'], [[megabytes(sentBytes), megabytes(receivedBytes)]]);
}

function faultTable({ tally }: LoadResult): string {
  const rows = toldFaults(tally).flatMap(([kind, faults]) =>
    faults.map(({ login, why }) => [kind, login, why]),
  );
  return rows.length === 0 ? '' : section('What went wrong', table(['kind', 'login', 'why'], rows));
}

const section = (title: string, content: string) =>
  content === '' ? '' : `<h2>${escapeMarkup(title)}</h2>\n${content}`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return `<div class="scroll"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`;
}

const cells = (row: readonly string[], tag: string) =>
  row.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join('');
