import { setTimeout as pause } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

/** How long what a file ended may take to be gone, on a machine that does much else. */
const patienceMs = 30_000;

/**
 * Node's environment, which fails a file that leaves something open: a socket, a server, a process. A worker of jest ends
 * only when nothing is open, and what one file leaves disturbs the next.
 */
export default class LeavingNothingOpen extends TestEnvironment {
  /** @type {ReadonlySet<object>} */
  #before = new Set();
  /** A test of the file has failed, or what is done before or after the tests. */
  #failed = false;

  /** @override */
  async setup() {
    await super.setup();
    this.#before = new Set([process.stdin, process.stdout, process.stderr, ...openHandles()]);
  }

  /**
   * Called by jest for each step of a file.
   * @param {import('jest-circus').Event} event
   */
  async handleTestEvent(event) {
    if (event.name === 'test_done') this.#failed ||= event.test.errors.length > 0;
    if (event.name === 'error' || event.name === 'hook_failure') this.#failed = true;
  }

  /** @override */
  async teardown() {
    await super.teardown();
    const endMs = Date.now() + patienceMs;
    let left = this.#left();
    while (left.length > 0 && Date.now() < endMs) {
      await pause(20);
      left = this.#left();
    }
    if (left.length === 0) return;
    const names = left.map(nameOf).join(', ');
    left.forEach(end);
    // A test that failed did not come to its end: that failure is what has to be told.
    if (!this.#failed) throw new Error(`This file left open: ${names}.`);
  }

  #left() {
    return openHandles().filter((handle) => !this.#before.has(handle));
  }
}

/** @returns {readonly object[]} what keeps this process from ending, but for timers */
function openHandles() {
  // @ts-expect-error Node has no documented way to them; the documented one gives their kinds alone.
  return process['_getActiveHandles']();
}

/** @param {any} handle */
function end(handle) {
  if (handle.spawnargs) handle.kill('SIGKILL');
  else if (handle.destroy) handle.destroy();
  else handle.close?.();
}

/** @param {any} handle */
function nameOf(handle) {
  const kind = handle.constructor.name;
  if (handle.spawnargs) return `process ${handle.pid} (${handle.spawnargs.join(' ')})`;
  if (handle.remotePort) return `${kind} to port ${handle.remotePort}`;
  if (handle.listening) return `${kind} at port ${handle.address()?.port}`;
  return kind;
}
