/**
 * One project per kind of test; `npm test` runs all but `docker`, which needs an engine.
 *
 * @param {string} name
 * @param {string[]} testMatch
 */
const project = (name, testMatch) => ({
  displayName: name,
  testMatch,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.ravi/'],
});

export default {
  projects: [project('unit', ['<rootDir>/packages/**/*.test.ts', '<rootDir>/services/**/*.test.ts'])],
};
