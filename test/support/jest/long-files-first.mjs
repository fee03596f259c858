import Sequencer from '@jest/test-sequencer';

/** Where the files are that take longest: those that start processes and wait for them. */
const longest = ['docker', 'fault', 'load', 'browser', 'e2e', 'attack', 'compat-others'];

/**
 * A file of tests, of which jest knows how long it took the last time, if there was one.
 * @typedef {{ duration?: number, context: { config: { displayName?: { name: string } } } }} TestFile
 */

/**
 * Jest's order, with the files of these suites first where it does not know yet how long files take, as in a fresh clone: it would
 * go by their sizes, and one long file would run on alone at the end.
 */
// @ts-expect-error Its types are those of its CommonJS, where the class is a member.
export default class LongFilesFirst extends Sequencer {
  /** @param {TestFile[]} files */
  async sort(files) {
    /** @type {TestFile[]} */
    const inOrder = await super.sort(files);
    return inOrder.every(({ duration }) => duration !== undefined)
      ? inOrder
      : inOrder.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

/** @param {TestFile} file */
function rankOf({ context }) {
  const rank = longest.indexOf(context.config.displayName?.name ?? '');
  return rank === -1 ? longest.length : rank;
}
