import { expect } from 'expect';

/**
 * A list is equal to one of its own length alone: to jest's `toEqual` it is also equal to one that goes on with `undefined`.
 * @param {unknown} one
 * @param {unknown} other
 * @returns {false | undefined} undefined leaves it to jest
 */
function ofOtherLength(one, other) {
  return Array.isArray(one) && Array.isArray(other) && one.length !== other.length ? false : undefined;
}

expect.addEqualityTesters([ofOtherLength]);
