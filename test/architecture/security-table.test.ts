import { showingTests } from '../../scripts/security/annotations.ts';
import { headingsOf } from '../../scripts/security/headings.ts';
import { requirementTables } from '../../scripts/security/requirement-table.ts';

const groups = [
  { heading: 'A book', requirements: [{ id: 'RFC 1 §2', title: 'Be nice', answer: 'we are' }] },
];
const shows = ['@', 'shows'].join('');

test('a requirement is joined with the tests that name it, of one case or of many', () => {
  const source = `
    /** ${shows} RFC 1 §2 */
    test('it\\'s nice', () => {});
    /** ${shows} RFC 1 §2 */
    test.each([
      ['one', 1],
    ])('%s is nice | too', () => {});`;
  const { markdown, problems } = requirementTables(groups, showingTests('test/nice.test.ts', source));
  expect(problems).toEqual([]);
  expect(markdown).toContain(
    "| §2 Be nice | we are | [it's nice](../test/nice.test.ts)<br>[%s is nice \\| too](../test/nice.test.ts) |",
  );
});

test('a requirement without a test is a problem, and so is a test of what nobody requires', () => {
  const tests = showingTests('a.test.ts', `/** ${shows} RFC 1 §3, RFC 1 §4 */\ntest('x', () => {});`);
  expect(requirementTables(groups, tests).problems).toEqual([
    'No test shows RFC 1 §2.',
    'a.test.ts:1 shows RFC 1 §3, which is no requirement.',
    'a.test.ts:1 shows RFC 1 §4, which is no requirement.',
  ]);
});

test('an answer beside a gap needs a test as well; a gap, and what does not apply, need none', () => {
  const requirements = [
    { id: 'ASVS V1.1.1', title: 'one', answer: 'we are', gap: 'not always' },
    { id: 'ASVS V1.1.2', title: 'two', gap: 'not yet' },
    { id: 'ASVS V1.1.3', title: 'three', exemption: 'there is none' },
    { id: 'ASVS V1.1.4', title: 'four' },
  ];
  const { markdown, problems } = requirementTables([{ heading: 'A book', requirements }], []);
  expect(problems).toEqual(['No test shows ASVS V1.1.1.', 'ASVS V1.1.4 has neither an answer nor a gap.']);
  expect(markdown).toContain('| V1.1.1 one | we are<br>**missing:** not always |  |');
  expect(markdown).toContain('| V1.1.3 three | does not apply: there is none |  |');
  expect(markdown).toMatch(
    /### What is missing\n\n- ASVS V1\.1\.1: not always\.\n- ASVS V1\.1\.2: not yet\.$/,
  );
});

test('a page of the documentation answers for itself, where its heading is there', () => {
  const requirements = [
    { id: 'ASVS V1.1.1', title: 'one', answer: 'told', documents: ['a.md#how-it-is--done'] },
  ];
  const told = (markdown: string) =>
    requirementTables([{ heading: 'A book', requirements }], [], new Set(headingsOf('a.md', markdown)));
  expect(told('# A\n\n## How it is – done\n').problems).toEqual([]);
  expect(told('## How it is – done\n').markdown).toContain('| told | [docs/a.md](a.md#how-it-is--done) |');
  expect(told('# A\n').problems).toEqual([
    'ASVS V1.1.1 names docs/a.md#how-it-is--done, which is not there.',
  ]);
});

test('of two tests over lists each is joined with its own annotation, also where the list has a type or is constant', () => {
  const lists = [
    "(['a', 'b'])",
    "(['a', 'b'] as const)",
    "<readonly [string, () => string]>([\n  ['one', () => 'x'],\n])",
  ];
  const written = (list: string, title: string, id: string) =>
    `/** ${shows} ${id} */\ntest.each${list}('${title}', () => {});`;
  for (const first of lists)
    for (const second of lists) {
      const source = `${written(first, 'first %s', 'RFC 1 §2')}\n\n${written(second, 'second %s', 'RFC 1 §3')}`;
      expect(showingTests('a.test.ts', source)).toMatchObject([
        { title: 'first %s', shows: ['RFC 1 §2'] },
        { title: 'second %s', shows: ['RFC 1 §3'] },
      ]);
    }
});

test('an annotation above a skipped test, or above none, is not accepted', () => {
  for (const below of ["test.skip('x', () => {});", "test.todo('x');", 'const x = 1;', ''])
    expect(() => showingTests('a.test.ts', `/** ${shows} RFC 1 §2 */\n${below}`)).toThrow('above no test');
});
