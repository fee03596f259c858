import { showingTests } from '../../scripts/security/annotations.ts';
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
    'a.test.ts:1 shows RFC 1 §3, which nobody requires.',
    'a.test.ts:1 shows RFC 1 §4, which nobody requires.',
  ]);
});

test('an annotation above a skipped test, or above none, is not accepted', () => {
  for (const below of ["test.skip('x', () => {});", "test.todo('x');", 'const x = 1;', ''])
    expect(() => showingTests('a.test.ts', `/** ${shows} RFC 1 §2 */\n${below}`)).toThrow('above no test');
});
