import { expect } from 'expect';
import '../../../test/support/jest/whole-lists.mjs';
import * as circus from 'jest-circus';
import { createTimers } from '../../../test/support/jest/timers.mjs';

/** A test of one file: the words of its groups and its own. */
export interface RunTest {
  readonly name: string;
  readonly ms: number;
  /** Its first error; null if it passed. */
  readonly error: string | null;
}

/** What is done while the tests of a file run. */
export interface Running {
  /** Whether a test is run. */
  readonly wants: (name: string) => boolean;
  /** How long a test may take. */
  readonly timeoutMs: (name: string) => number;
  readonly onTestBegin?: () => void;
  readonly onTest?: (test: RunTest) => void;
  /** No further test is run after the first that fails. */
  readonly stopAtFailure: boolean;
}

/** How long services may take to start before the tests of a file. */
const hookTimeoutMs = 40_000;

/** Gives this process what test files find around them under jest: jest's own parts, without its start and its module registry. */
export function defineTestGlobals(): void {
  const { test, it, describe, beforeAll, beforeEach, afterAll, afterEach } = circus;
  const jest = createTimers();
  Object.assign(globalThis, { test, it, describe, beforeAll, beforeEach, afterAll, afterEach, expect, jest });
}

/** Registers the tests of one file by `load` and runs those that are wanted. Resolves to those that ran, or the error outside of them. */
export async function runTestFile(
  load: () => Promise<unknown>,
  { wants, timeoutMs, onTestBegin, onTest, stopAtFailure }: Running,
): Promise<readonly RunTest[]> {
  const ran: RunTest[] = [];
  circus.resetState();
  circus.getState().testTimeout = hookTimeoutMs;
  await load();
  const startedMs = new Map<object, number>();
  let failed = false;
  const handler = (event: circus.Event) => {
    if (event.name === 'test_start') {
      const name = nameOf(event.test);
      event.test.timeout = Math.min(event.test.timeout ?? Infinity, timeoutMs(name));
      if (!wants(name) || (failed && stopAtFailure)) event.test.mode = 'skip';
    }
    if (event.name === 'test_started') {
      onTestBegin?.();
      startedMs.set(event.test, performance.now());
    }
    if (event.name !== 'test_done') return;
    const [error] = event.test.errors;
    failed ||= error !== undefined;
    const test: RunTest = {
      name: nameOf(event.test),
      ms: performance.now() - (startedMs.get(event.test) ?? 0),
      error: error === undefined ? null : sentenceOf(error),
    };
    ran.push(test);
    onTest?.(test);
  };
  circus.addEventHandler(handler);
  try {
    await circus.run();
  } finally {
    circus.removeEventHandler(handler);
  }
  return ran;
}

function nameOf(test: { readonly name: string; readonly parent?: unknown }): string {
  const words: string[] = [];
  for (let at: unknown = test; isNamed(at) && at.name !== 'ROOT_DESCRIBE_BLOCK'; at = at.parent) {
    words.unshift(at.name);
  }
  return words.join(' ');
}

function isNamed(value: unknown): value is { readonly name: string; readonly parent?: unknown } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

function sentenceOf(error: unknown): string {
  const found: unknown = Array.isArray(error) ? (error[0] ?? error[1]) : error;
  return String(found instanceof Error ? found.message : found).slice(0, 500);
}
