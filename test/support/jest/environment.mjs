import { setTimeout as pause } from 'node:timers/promises';
import { ModuleMocker } from 'jest-mock';
import { endTest } from './test-end.mjs';
import { createTimers } from './timers.mjs';

/** How long what a file ended may take to be gone, on a machine that does much else. */
const patienceMs = 30_000;

/**
 * This process itself: what a file of tests changes of it is as before when the file has run. Fails a file that leaves something
 * open, a socket, a server, a process, a timer: a worker of jest ends only when nothing is open, and what one file leaves disturbs the
 * next.
 */
export default class LeavingNothingOpen {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  // Those of jest's own are never used.
  fakeTimers = null;
  fakeTimersModern = null;
  #found = { console: globalThis.console, exit: process.exit, env: { ...process.env } };
  #timers = createTimers();
  /** @type {ReadonlySet<object>} */
  #before = new Set();
  #timersBefore = 0;
  /** A test of the file has failed, or what is done before or after the tests. */
  #failed = false;
  /** The ports of connections that failed files left: their clients connect again, and later files are not to blame. */
  static #portsOfFailed = new Set();

  /** No context of `node:vm`. */
  getVmContext() {
    return null;
  }

  async setup() {
    Object.assign(globalThis, { jest: this.#timers });
    this.#before = new Set([process.stdin, process.stdout, process.stderr, ...openHandles()]);
    this.#timersBefore = openTimers();
  }

  /**
   * Called by jest for each step of a file.
   * @param {import('jest-circus').Event} event
   */
  async handleTestEvent(event) {
    if (event.name === 'test_done') {
      this.#failed ||= event.test.errors.length > 0;
      // Others of its kind still run beside a concurrent one.
      if (!event.test.concurrent) endTest();
    }
    if (event.name === 'error' || event.name === 'hook_failure') this.#failed = true;
  }

  async teardown() {
    this.#timers.useRealTimers();
    globalThis.console = this.#found.console;
    process.exit = this.#found.exit;
    setEnvironment(this.#found.env);
    const endMs = Date.now() + patienceMs;
    let [left, timers] = [this.#left(), this.#timersLeft()];
    while (left.length + timers > 0 && Date.now() < endMs) {
      await pause(20);
      [left, timers] = [this.#left(), this.#timersLeft()];
    }
    if (left.length + timers === 0) return;
    const names = left.map(nameOf);
    if (timers > 0) names.push(`${timers} timers, such as that of a client that connects again`);
    left.forEach(end);
    // A test that failed did not come to its end: that failure is what has to be told.
    if (!this.#failed) throw new Error(`This file left open: ${names.join(', ')}.`);
    for (const port of left.map(remotePortOf)) if (port) LeavingNothingOpen.#portsOfFailed.add(port);
  }

  #timersLeft() {
    return Math.max(0, openTimers() - this.#timersBefore);
  }

  #left() {
    return openHandles().filter(
      (handle) => !this.#before.has(handle) && !LeavingNothingOpen.#portsOfFailed.has(remotePortOf(handle)),
    );
  }
}

/** @param {NodeJS.ProcessEnv} env */
function setEnvironment(env) {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

/** @returns {number} how many timers keep this process from ending */
function openTimers() {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
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

/** The port that a connection leads to; undefined for anything else. @param {any} handle */
function remotePortOf(handle) {
  return handle.remotePort;
}

/** @param {any} handle */
function nameOf(handle) {
  const kind = handle.constructor.name;
  if (handle.spawnargs) return `process ${handle.pid} (${handle.spawnargs.join(' ')})`;
  if (handle.remotePort) return `${kind} to port ${handle.remotePort}`;
  if (handle.listening) return `${kind} at port ${handle.address()?.port}`;
  return kind;
}
