import { z } from 'zod';
import { ConfigError } from './env.ts';
import { parseSettings, readSettings } from './settings.ts';
import { integerVariable, textVariable } from './variable-parsers.ts';

const list = {
  NODE_ENV: { parser: textVariable, default: 'development', help: '' },
  GREETING_SECONDS: { parser: integerVariable(1, 60), default: '20', help: '' },
  GREETING_TEXT: { parser: textVariable, help: '' },
  KEY_FOLDER: {
    parser: textVariable,
    help: '',
    requiredInProduction: 'make one with: npm run keys',
    orElse: ['KEY_FILES', 'KEY_TEXT'],
  },
  KEY_FILES: { parser: textVariable, help: '' },
  KEY_TEXT: { parser: textVariable, help: '' },
  ADDRESS_BOOK: { parser: textVariable, help: '', requiredInProduction: 'write one' },
};

test('a setting has what its variable says; without one its default, or nothing', () => {
  expect(parseSettings({ GREETING_SECONDS: '7', GREETING_TEXT: 'Hi', PATH: '/bin' }, list)).toEqual({
    NODE_ENV: 'development',
    GREETING_SECONDS: 7,
    GREETING_TEXT: 'Hi',
  });
  expect(parseSettings({ GREETING_SECONDS: '', GREETING_TEXT: undefined }, list)).toEqual({
    NODE_ENV: 'development',
    GREETING_SECONDS: 20,
  });
});

test('a variable with problems has its default among the values, and each problem is told by its name', () => {
  const parser = z.string().regex(/^\w+$/, 'must be one word').max(5, 'must be short');
  const settings = { ...list, GREETING_TEXT: { parser, default: 'Hi', help: '' } };
  const { values, problems } = readSettings(
    { GREETING_TEXT: 'Good morning', GREETING_SECONDS: '0' },
    settings,
  );
  expect(values).toMatchObject({ GREETING_TEXT: 'Hi', GREETING_SECONDS: 20 });
  expect(problems).toEqual([
    'GREETING_SECONDS: must be a whole number from 1 to 60',
    'GREETING_TEXT: must be one word',
    'GREETING_TEXT: must be short',
  ]);
});

test('what production lacks is told with what can replace it, and what to do', () => {
  const needed = {
    KEY_FOLDER:
      'KEY_FOLDER: must be set in production, or KEY_FILES or KEY_TEXT; make one with: npm run keys',
    ADDRESS_BOOK: 'ADDRESS_BOOK: must be set in production; write one',
  };
  const problems = (env: Readonly<Record<string, string>>) => readSettings(env, list).problems;
  expect(problems({ NODE_ENV: 'production' })).toEqual([needed.KEY_FOLDER, needed.ADDRESS_BOOK]);
  expect(problems({ NODE_ENV: 'production', ADDRESS_BOOK: 'x' })).toEqual([needed.KEY_FOLDER]);
  for (const instead of ['KEY_FOLDER', 'KEY_FILES', 'KEY_TEXT'])
    expect(problems({ NODE_ENV: 'production', [instead]: 'x' })).toEqual([needed.ADDRESS_BOOK]);
  expect(problems({ NODE_ENV: 'test' })).toEqual([]);
  expect(problems({})).toEqual([]);
});

test('misspelt names are told, but not those that the caller knows beside the list', () => {
  const env = { GREETING_SECOND: '7', VISITORS_COUNT: '1', VISITORS_SHOWN: '2' };
  const misspelt = 'GREETING_SECOND: is not a setting; did you mean GREETING_SECONDS?';
  expect(readSettings(env, list).problems).toEqual([misspelt]);
  expect(readSettings(env, list, { names: ['VISITORS_COUNT'], ownPrefixes: ['VISITORS_'] }).problems).toEqual(
    [misspelt, 'VISITORS_SHOWN: is not a setting; those that start with VISITORS_ are VISITORS_COUNT'],
  );
});

test('every problem is thrown at once, one a line', () => {
  const parse = () => parseSettings({ GREETING_SECONDS: 'long', GREETING_TXT: 'Hi' }, list);
  expect(parse).toThrow(ConfigError);
  expect(parse).toThrow(
    [
      'The configuration is not usable:',
      '  - GREETING_SECONDS: must be a whole number from 1 to 60',
      '  - GREETING_TXT: is not a setting; did you mean GREETING_TEXT?',
    ].join('\n'),
  );
});
