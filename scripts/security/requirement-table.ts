import type { ShowingTest } from './annotations.ts';

/** Something that the service must withstand or do, and how it does. */
export interface Requirement {
  /** The name by which tests refer to it. */
  readonly id: string;
  readonly title: string;
  readonly answer: string;
}

/** Requirements of one source, under a heading. */
export interface RequirementGroup {
  readonly heading: string;
  readonly requirements: readonly Requirement[];
}

/** The tables, and what is wrong: a requirement that no test shows, or a test that shows what nobody requires. */
export interface RequirementTables {
  readonly markdown: string;
  readonly problems: readonly string[];
}

/** Joins requirements with the tests that show them, in the order of the requirements. */
export function requirementTables(
  groups: readonly RequirementGroup[],
  tests: readonly ShowingTest[],
): RequirementTables {
  const known = new Set(groups.flatMap(({ requirements }) => requirements.map(({ id }) => id)));
  const shown = (id: string) => tests.filter(({ shows }) => shows.includes(id));
  const problems = [
    ...[...known].filter((id) => shown(id).length === 0).map((id) => `No test shows ${id}.`),
    ...tests.flatMap(({ file, line, shows }) =>
      shows.filter((id) => !known.has(id)).map((id) => `${file}:${line} shows ${id}, which nobody requires.`),
    ),
  ];
  const markdown = groups
    .map(({ heading, requirements }) => {
      const rows = requirements.map(({ id, title, answer }) => {
        const name = id.startsWith('RFC') ? `${id.replace(/^RFC \d+ /, '')} ${title}` : title;
        return `| ${name} | ${answer} | ${shown(id).map(reference).join('<br>')} |`;
      });
      return [`### ${heading}`, '', '| what | what we do | shown by |', '| --- | --- | --- |', ...rows].join(
        '\n',
      );
    })
    .join('\n\n');
  return { markdown, problems };
}

function reference({ file, title }: ShowingTest): string {
  const safe = title
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/([[\]*_`$])/g, '\\$1');
  return `[${safe}](../${file})`;
}
