/** A test that says of itself which requirements it shows. */
export interface ShowingTest {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly shows: readonly string[];
}

/** An annotation, and the test right below it: `test('title'`, or `test.each(…)('title'`. A skipped test shows nothing. */
const annotated =
  /\/\*\*\s*@shows\s+([^*]+?)\s*\*\/\s*test(?:\.each(?:<[\s\S]*?>(?=\())?(?:\(\w+\)|\(\[[^\n]*?\](?: as const)?\)|\(\[[\s\S]*?\n\s*\](?: as const)?\)))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/g;

/**
 * Finds the annotated tests of one file: a comment that begins with `@shows` and names requirements, with commas in
 * between. Throws where such a comment stands above no test: it would show nothing and look as if it did.
 */
export function showingTests(file: string, source: string): ShowingTest[] {
  const found = Array.from(source.matchAll(annotated), (match): ShowingTest => {
    const [, shows = '', single, double, template] = match;
    const title = (single ?? double ?? template ?? '').replaceAll(/\\(.)/g, '$1');
    const line = source.slice(0, match.index).split('\n').length;
    return { file, line, title, shows: shows.split(',').map((name) => name.replaceAll(/\s+/g, ' ').trim()) };
  });
  const written = source.match(/@shows /g)?.length ?? 0;
  if (written !== found.length) {
    throw new Error(`${file}: ${written - found.length} @shows above no test, or above one that is skipped.`);
  }
  return found;
}
