import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogOutput } from './log-output.ts';

const directory = mkdtempSync(join(tmpdir(), 'ravi-log-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Everything that can be read from a pipe now. */
function readAll(fd: number): string {
  const buffer = Buffer.alloc(1 << 20);
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } catch {
    return '';
  }
}
const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a full disk drops lines and counts them', async () => {
  const fd = openSync('/dev/full', 'w');
  const output = new LogOutput(fd);
  output.write('{"one":1}\n');
  output.write('{"two":2}\n');
  await tick();
  expect(output.dropped).toBe(2);
  closeSync(fd);
});

test('a pipe that nobody reads drops lines above the maximum, and takes them again once it is read, saying how many are missing', async () => {
  const path = join(directory, 'pipe');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const output = new LogOutput(openSync(path, 'w'), 100_000);
  const missing: number[] = [];
  output.onTakenAgain = (dropped) => missing.push(dropped);
  const line = `${'x'.repeat(1_000)}\n`;
  const total = 400;
  for (let at = 0; at < total; at += 10) {
    for (let one = 0; one < 10; one++) output.write(line);
    output.flush();
  }
  const { dropped } = output;
  expect(dropped).toBeGreaterThan(200);
  let read = '';
  for (let round = 0; round < 20; round++) {
    read += readAll(reader);
    await tick();
  }
  output.write('{"last":true}\n');
  await tick();
  read += readAll(reader);
  const lines = read.split('\n');
  expect(lines.filter((one) => one === line.trim())).toHaveLength(total - dropped);
  expect(lines.at(-2)).toBe('{"last":true}');
  expect(missing).toEqual([dropped]);
  closeSync(reader);
  output.write('to nobody\n');
  await tick();
  output.write('to nobody\n');
  await tick();
  expect(output.dropped).toBeGreaterThan(dropped);
});

test('lines of one tick are written in their order, and at once when the process ends', () => {
  const path = join(directory, 'file');
  const fd = openSync(path, 'w+');
  const output = new LogOutput(fd);
  output.write('one\n');
  output.write('two\n');
  output.flush();
  const buffer = Buffer.alloc(100);
  expect(buffer.toString('utf8', 0, readSync(fd, buffer, 0, 100, 0))).toBe('one\ntwo\n');
  closeSync(fd);
});
