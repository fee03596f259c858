import type { Mutant } from './mutant.ts';
import type { Verdict } from './verdicts.ts';

/** A break and what became of it. */
export interface Tried {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** The report: how many were noticed in each area and in all, and each that was not, with its explanation where there is one. */
export function reportOf(tried: readonly Tried[], explained: Readonly<Record<string, string>>): string {
  const byArea: (readonly [string, readonly Tried[]])[] = [
    ...Map.groupBy(tried, ({ verdict }) => verdict.area),
  ];
  const rows = [...byArea, ['all', tried] as const].map(([area, its]) => {
    const noticed = its.filter(({ verdict }) => verdict.noticedBy !== null).length;
    const told = its.filter(({ mutant, verdict }) => verdict.noticedBy === null && mutant.name in explained);
    const seconds = its.reduce((sum, { verdict }) => sum + verdict.ms, 0) / 1000 / Math.max(1, its.length);
    const share = ((noticed / Math.max(1, its.length)) * 100).toFixed(1);
    return `| ${area} | ${its.length} | ${noticed} | ${share}% | ${told.length} | ${seconds.toFixed(2)} |`;
  });
  const survivors = tried
    .filter(({ verdict }) => verdict.noticedBy === null)
    .toSorted((a, b) => (a.mutant.file < b.mutant.file ? -1 : 1))
    .map(({ mutant: { file, line, name }, verdict }) => {
      const explanation = explained[name];
      const what = name.slice(file.length + 3);
      return `- ${file}:${line} \`${what}\` (${verdict.tests} tests were asked)${explanation ? `: ${explanation}` : ''}`;
    });
  return [
    '| area | breaks | noticed | share | not noticed, explained | seconds each |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    '## Not noticed',
    '',
    ...survivors,
    '',
  ].join('\n');
}
