import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
// @ts-expect-error It has no types.
import circus from 'jest-circus/runner';

const require = createRequire(import.meta.url);

/** Where jest-circus keeps those that hear of each step of a file: one that has run hears of no other. */
const handlers = Symbol.for('EVENT_HANDLERS');

/**
 * What jest-circus asks of jest's module registry, by Node's own: modules are compiled once for all files of a worker. So they
 * share the state of modules, which the code's rules allow none to have, and no module can be mocked.
 */
const modulesOfNode = {
  /** Its part within the tests, with a state for each file. @param {string} file */
  requireInternalModule(file) {
    Reflect.deleteProperty(globalThis, handlers);
    delete require.cache[file];
    return require(file);
  },
  requireModule: require,
  unstable_shouldLoadAsEsm: () => true,
  /** @param {string} file */
  unstable_importModule: (file) => import(pathToFileURL(file).href),
  // The globals are the process's own.
  setGlobalsForRuntime() {},
  enterTestCode() {},
  leaveTestCode() {},
};

/**
 * Runs a file of tests in Node itself, not in a context of `node:vm` with modules of its own. Jest calls it for each file; `registry` is
 * its own modules'.
 * @param {[globalConfig: unknown, config: unknown, environment: unknown, registry: unknown, file: string, report: unknown]} args
 */
export default function runInNode(...[globalConfig, config, environment, , file, report]) {
  return circus.default(globalConfig, config, environment, modulesOfNode, file, report);
}
