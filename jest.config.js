/** Fails a file that leaves something open. A Docker engine's connections close in their own time. */
const strict = '<rootDir>/test/support/jest/environment.mjs';

/**
 * One project per kind of test. `npm test` runs all but `docker`, `browser` and `compat-others`, which need more than Node and Redis.
 *
 * @param {string} name
 * @param {string[]} testMatch
 */
const project = (name, testMatch) => ({
  displayName: name,
  testMatch,
  testEnvironment: strict,
  setupFilesAfterEnv: ['<rootDir>/test/support/jest/whole-lists.mjs'],
  // Node takes the types out of a file itself.
  transform: {},
  testRunner: '<rootDir>/test/support/jest/in-node.mjs',
  modulePathIgnorePatterns: ['<rootDir>/.ravi/', '/dist/'],
});

const suites = [
  'architecture',
  'contract',
  'integration',
  'e2e',
  'attack',
  'compat',
  'compat-others',
  'fault',
  'docker',
  'browser',
  'pages',
  'load',
  'deploy',
];

export default {
  // Longer than a test waits for any one thing, so that the test says what it waited for; a hang still ends.
  testTimeout: 240_000,
  // Also on two cores, which with three workers idle for a quarter of the time: tests wait for timers and other processes.
  maxWorkers: 6,
  // A worker keeps the modules that it compiled as it ends: after half a second jest would say that it leaks.
  workerGracefulExitTimeout: 10_000,
  testSequencer: '<rootDir>/test/support/jest/long-files-first.mjs',
  projects: [
    project('unit', ['<rootDir>/packages/**/*.test.ts', '<rootDir>/services/**/*.test.ts']),
    ...suites.map((suite) => project(suite, [`<rootDir>/test/${suite}/**/*.test.ts`])),
  ],
};
