import type { ShowingTest } from './annotations.ts';

/** Something that the service must withstand or do, and how it does. At least one of answer, gap and exemption is there. */
export interface Requirement {
  /** The name by which tests refer to it. */
  readonly id: string;
  readonly title: string;
  /** What holds. A test shows it, or pages of the documentation are what is required. */
  readonly answer?: string;
  /** What is missing. */
  readonly gap?: string;
  /** Why it does not apply to this service. */
  readonly exemption?: string;
  /** Headings in docs/ that answer it, such as `operations.md#limits`. */
  readonly documents?: readonly string[];
}

/** Requirements of one source, under a heading. */
export interface RequirementGroup {
  readonly heading: string;
  readonly requirements: readonly Requirement[];
}

/** The tables, and what is wrong: an answer that nothing shows, or a test that shows what nobody requires. */
export interface RequirementTables {
  readonly markdown: string;
  readonly problems: readonly string[];
}

/**
 * Joins requirements with the tests that show them, in the order of the requirements. `headings` are those in docs/. After the
 * tables, what is missing stands once more, together.
 */
export function requirementTables(
  groups: readonly RequirementGroup[],
  tests: readonly ShowingTest[],
  headings: ReadonlySet<string> = new Set(),
): RequirementTables {
  const all = groups.flatMap(({ requirements }) => requirements);
  const known = new Set(all.map(({ id }) => id));
  const shown = (id: string) => tests.filter(({ shows }) => shows.includes(id));
  const problems = [
    ...all.flatMap((requirement) => problemsOf(requirement, shown(requirement.id), headings)),
    ...tests.flatMap(({ file, line, shows }) =>
      shows
        .filter((id) => !known.has(id))
        .map((id) => `${file}:${line} shows ${id}, which is no requirement.`),
    ),
  ];
  const tables = groups.map(({ heading, requirements }) => {
    const rows = requirements.map((requirement) => {
      const by = [...(requirement.documents ?? []).map(document), ...shown(requirement.id).map(reference)];
      return `| ${nameOf(requirement)} | ${whatWeDo(requirement)} | ${by.join('<br>')} |`;
    });
    return [`### ${heading}`, '', '| what | what we do | shown by |', '| --- | --- | --- |', ...rows].join(
      '\n',
    );
  });
  const gaps = all.flatMap(({ id, gap }) => (gap === undefined ? [] : [`- ${id}: ${gap}.`]));
  const missing = gaps.length > 0 ? [['### What is missing', '', ...gaps].join('\n')] : [];
  return { markdown: [...tables, ...missing].join('\n\n'), problems };
}

function problemsOf(
  { id, answer, gap, exemption, documents = [] }: Requirement,
  tests: readonly ShowingTest[],
  headings: ReadonlySet<string>,
): readonly string[] {
  const says = [answer, gap, exemption].some((text) => text !== undefined);
  const isShown = tests.length > 0 || documents.length > 0;
  return [
    ...(says ? [] : [`${id} has neither an answer nor a gap.`]),
    ...(answer !== undefined && !isShown ? [`No test shows ${id}.`] : []),
    ...documents
      .filter((name) => !headings.has(name))
      .map((name) => `${id} names docs/${name}, which is not there.`),
  ];
}

function whatWeDo({ answer, gap, exemption }: Requirement): string {
  return [
    answer,
    exemption === undefined ? undefined : `does not apply: ${exemption}`,
    gap === undefined ? undefined : `**missing:** ${gap}`,
  ]
    .filter((part) => part !== undefined)
    .join('<br>');
}

const sources = /^(RFC \d+|ASVS) /;

function nameOf({ id, title }: Requirement): string {
  return sources.test(id) ? `${id.replace(sources, '')} ${title}` : title;
}

function document(name: string): string {
  return `[docs/${name.split('#')[0]}](${name})`;
}

function reference({ file, title }: ShowingTest): string {
  const safe = title
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/([[\]*_`$])/g, '\\$1');
  return `[${safe}](../${file})`;
}
