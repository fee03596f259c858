import type { Mutant } from './mutant.ts';

/** Whether the tests noticed a break. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly area: string;
  readonly noticed: boolean;
}

/** The report: how many were noticed in each area, and each that was not. */
export function reportOf(verdicts: readonly Verdict[]): string {
  const areas = [...new Set(verdicts.map(({ area }) => area))].toSorted();
  const rows = areas.map((area) => {
    const its = verdicts.filter((verdict) => verdict.area === area);
    const noticed = its.filter((verdict) => verdict.noticed).length;
    return `| ${area} | ${its.length} | ${noticed} | ${Math.floor((noticed / its.length) * 100)}% |`;
  });
  const survivors = verdicts
    .filter(({ noticed }) => !noticed)
    .toSorted((a, b) => (a.mutant.file < b.mutant.file ? -1 : 1))
    .map(({ mutant: { file, line, change, before } }) => `- ${file}:${line} \`${before}\`: ${change}`);
  return [
    '| area | breaks | noticed | share |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Not noticed',
    '',
    ...survivors,
    '',
  ].join('\n');
}
