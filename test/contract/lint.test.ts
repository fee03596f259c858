import { join } from 'node:path';
import { createConfig, lint } from '@redocly/openapi-core';
import { openApi } from '../support/openapi.ts';

test('a public linter finds no error in openapi.json', async () => {
  const config = await createConfig({
    extends: ['recommended'],
    // The paths that we were asked for end with a slash.
    rules: { 'no-path-trailing-slash': 'off' },
  });
  const problems = await lint({ ref: join(import.meta.dirname, '../../openapi.json'), config });
  const errors = problems.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
});

test('the id of a request is promised to be no more than a text: behind proxies it is as these made it', () => {
  const found = JSON.stringify(openApi).match(/"X-Request-Id":.*?"schema":\{[^}]*\}/g) ?? [];
  expect(found.length).toBeGreaterThan(100);
  for (const header of found) expect(header).toMatch(/"schema":\{"type":"string"\}$/);
});
