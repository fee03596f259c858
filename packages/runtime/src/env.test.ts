import { ConfigError, presentVariables } from './env.ts';

test('an empty variable counts as absent', () => {
  const env = { A: 'a', BLANK: ' ', EMPTY: '', MISSING: undefined };
  expect([...presentVariables(env)]).toEqual([
    ['A', 'a'],
    ['BLANK', ' '],
  ]);
});

test('every problem is a line of the message', () => {
  const error = new ConfigError(['A: must be set', 'B: must be a number']);
  expect(error.message).toBe('The configuration is not usable:\n  - A: must be set\n  - B: must be a number');
  expect(error.problems).toEqual(['A: must be set', 'B: must be a number']);
  expect(error.code).toBe('invalid_config');
});
