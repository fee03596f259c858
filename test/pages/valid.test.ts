import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { textsFor } from '../../services/api/src/pages/texts/texts-for.ts';
import { samplePages } from '../support/sample-pages.ts';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
  // Each button of ours submits, and a scrolled listing has a role so that a keyboard reaches it.
  rules: { 'no-implicit-button-type': 'off', 'prefer-native-element': 'off' },
});

const pages = Object.entries(samplePages(textsFor(['en']), 'BCDF-GHJK'));

test.each(pages)('%s is valid HTML', async (_, page) => {
  const lines = page.split('\n');
  const { results } = await validator.validateString(page);
  const wrong = results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} (${lines[line - 1]?.trim()})`),
  );
  expect(wrong).toEqual([]);
});

test('every page of the product is among those that are looked at here', () => {
  const root = join(import.meta.dirname, '../..');
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const looked = globSync('test/support/sample-*pages.ts', { cwd: root }).map(read).join('\n');
  const files = globSync('services/api/src/**/*-page.ts', { cwd: root });
  const functions = files.flatMap((file) =>
    Array.from(read(file).matchAll(/^export function ((?!show)\w+Page)\(/gm), ([, name]) => name),
  );
  expect(functions.length).toBeGreaterThan(30);
  expect(functions.filter((name) => !looked.includes(`${name}(`))).toEqual([]);
});
