import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { headingsOf } from '../../scripts/security/headings.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const isForeign = (file: string) => /(^|\/)(node_modules|dist|\.\w+)(\/|$)/.test(file);

const pages = globSync('**/*.md', { cwd: root, exclude: isForeign });
const sources = new Set(
  globSync('{packages,services,tools,scripts,test}/**/*.{ts,lua,mjs}', { cwd: root, exclude: isForeign }).map(
    (file) => basename(file),
  ),
);
const { scripts } = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** What a build or a whole run of the benchmark makes: it is there only then. */
const made = /^(packages\/\w+\/dist|docs\/benchmark\/)/;

/** What a page names and is not there: links, headings, paths, sources, npm scripts. */
function missingIn(page: string, markdown: string): string[] {
  const links = [...markdown.matchAll(/\]\((?!\w+:|<)([^)\s]*)\)/g)].map(([, link = '']) => link);
  const named = [...markdown.replaceAll(/^```[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, text = '']) => text,
  );
  const paths = named.filter((text) =>
    /^(packages|services|tools|scripts|deploy|test|docs|examples|\.ci)\/\S*$/.test(text),
  );
  const files = named.filter((text) => /^[a-z][a-z0-9-]*\.(ts|lua)$/.test(text));
  const runs = [...markdown.matchAll(/\bnpm run (?:-s )?([a-z][a-z:-]*)(?! -w)\b/g)].map(
    ([, name = '']) => name,
  );
  return [
    ...links.filter((link) => !leadsSomewhere(page, link)),
    ...paths.filter(
      (path) =>
        !made.test(path) && !existsSync(join(root, path)) && globSync(path, { cwd: root }).length === 0,
    ),
    ...files.filter((file) => !sources.has(file)),
    ...runs.filter((name) => !(name in scripts) && name !== 'build').map((name) => `npm run ${name}`),
  ].map((missing) => `${page}: ${missing}`);
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#', 2);
  const target = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return (
    anchor === undefined || !target.endsWith('.md') || headingsOf('', read(target)).includes(`#${anchor}`)
  );
}

test('each link, path, source and npm script that a page of the documentation names is there', () => {
  expect(pages.length).toBeGreaterThan(30);
  expect(pages.flatMap((page) => missingIn(page, read(page)))).toEqual([]);
});

test.each([
  'See [there](docs/nowhere.md).',
  'See [there](docs/operations.md#no-such-heading).',
  'It is in `packages/redis/src/nowhere.ts`.',
  'The script `never-was.lua` does it.',
  'Run `npm run nothing`.',
])('what a page names in vain is seen: %s', (markdown) => {
  expect(missingIn('README.md', markdown)).toHaveLength(1);
});
