#!/usr/bin/env node
// The program `ravi-login`: logs in without a browser on this machine. arguments.ts lists its arguments.
import { openBrowser } from './browser.ts';
import { readConfig } from './config.ts';
import { run } from './run.ts';

const stopping = new AbortController();
let signalCode = 0;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    // A second Ctrl-C: at once.
    if (signalCode !== 0) process.exit(code);
    signalCode = code;
    stopping.abort();
  });
}
// The reader of our output has gone, as in `ravi-login status | head`.
process.stdout.on('error', () => process.exit(1));

const exitCode = await run({
  args: process.argv.slice(2),
  config: readConfig(process.env, process.stderr.isTTY),
  signal: stopping.signal,
  openBrowser,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
process.exitCode = exitCode === 0 ? 0 : signalCode || exitCode;
