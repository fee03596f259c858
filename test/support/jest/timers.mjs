import { ModernFakeTimers } from '@jest/fake-timers';

/**
 * What the rest of a process cannot do without.
 * @type {('nextTick' | 'queueMicrotask' | 'setImmediate' | 'clearImmediate' | 'hrtime')[]}
 */
const notFaked = ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'hrtime'];

/** Jest's timers that a test passes by hand, over those of this process: all of `jest` that tests use. */
export function createTimers() {
  const timers = new ModernFakeTimers({
    global: globalThis,
    // @ts-expect-error Nothing else of a project's configuration is read.
    config: { rootDir: '/', fakeTimers: {} },
  });
  return {
    useFakeTimers: () => timers.useFakeTimers({ doNotFake: notFaked }),
    useRealTimers: () => timers.useRealTimers(),
    /** @param {number} ms */
    advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
    /** @param {number} ms */
    advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
    getTimerCount: () => timers.getTimerCount(),
  };
}
