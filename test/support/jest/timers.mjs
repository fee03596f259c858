import { ModernFakeTimers } from '@jest/fake-timers';

/**
 * What the rest of a process cannot do without.
 * @type {('nextTick' | 'queueMicrotask' | 'setImmediate' | 'clearImmediate' | 'hrtime')[]}
 */
const notFaked = ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'hrtime'];

const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;

/** Node's own timers are of this class. */
const Timeout = unreferenced().constructor;

/**
 * Jest's timers that a test passes by hand, over those of this process: all of `jest` that tests use. What libraries, jest and Node itself
 * begin meanwhile goes by the real time, and counts as nothing that a test left.
 */
export function createTimers() {
  const timers = new ModernFakeTimers({
    global: globalThis,
    // @ts-expect-error Nothing else of a project's configuration is read.
    config: { rootDir: '/', fakeTimers: {} },
  });
  return {
    useFakeTimers() {
      timers.useFakeTimers({ doNotFake: notFaked });
      for (const [name, real] of Object.entries({ setTimeout, setInterval }))
        replace(name, real, () => isCalledFromOutside());
      for (const [name, real] of Object.entries({ clearTimeout, clearInterval }))
        replace(name, real, ([timer]) => timer instanceof Timeout);
    },
    useRealTimers: () => timers.useRealTimers(),
    /** @param {number} ms */
    advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
    /** @param {number} ms */
    advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
    getTimerCount: () => timers.getTimerCount(),
  };
}

/**
 * Lets a global function that is faked be the real one where that is meant.
 * @param {string} name
 * @param {Function} real
 * @param {(args: readonly unknown[]) => boolean} isRealMeant
 */
function replace(name, real, isRealMeant) {
  const fake = Reflect.get(globalThis, name);
  /** @param {unknown[]} args */
  const either = (...args) => Reflect.apply(isRealMeant(args) ? real : fake, undefined, args);
  Reflect.set(globalThis, name, either);
}

/** Whether who called the function that asks is neither a test nor what it tests. */
function isCalledFromOutside() {
  const caller = new Error('where').stack?.split('\n')[4] ?? '';
  return caller.includes('/node_modules/') || caller.includes('node:');
}

function unreferenced() {
  const timer = setTimeout(() => undefined, 0);
  timer.unref();
  return timer;
}
