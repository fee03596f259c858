import { join } from 'node:path';
import { createConfig, lint } from '@redocly/openapi-core';

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
