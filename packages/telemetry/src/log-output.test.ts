import { spawnSync } from 'node:child_process';
import fs, { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
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

/** Writes these lines, each at once, to a file on a disk that has so many bytes left for each. What is then in the file, and what was told. */
function writtenWith(room: readonly number[], lines: readonly string[]) {
  const path = join(directory, crypto.randomUUID());
  const fd = openSync(path, 'w');
  const output = new LogOutput(fd);
  const missing: number[] = [];
  output.onTakenAgain = (dropped) => missing.push(dropped);
  const real = fs.writeSync;
  let left = 0;
  const writeSync = (to: number, bytes: Buffer, at: number) => {
    if (left === 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const count = real(to, bytes, at, Math.min(left, bytes.length - at));
    left -= count;
    return count;
  };
  Object.assign(fs, { writeSync });
  syncBuiltinESMExports();
  try {
    for (const [at, line] of lines.entries()) {
      left = room[at] ?? 1_000;
      output.write(line);
      output.flush();
      // Nothing waits any more.
      output.flush();
    }
  } finally {
    Object.assign(fs, { writeSync: real });
    syncBuiltinESMExports();
    closeSync(fd);
  }
  return { text: readFileSync(path, 'utf8'), missing, dropped: output.dropped };
}

test.each<[string, readonly number[], readonly string[], string, readonly number[]]>([
  ['in the middle of a line', [5], ['one\ntwo\n', 'three\n', 'four\n'], 'one\nt\nthree\nfour\n', [1]],
  ['between two lines', [4], ['one\ntwo\nthree\n', 'four\n', 'five\n'], 'one\nfour\nfive\n', [2]],
  ['before any line', [0], ['one\n', 'two\n', 'three\n'], 'two\nthree\n', [1]],
  [
    'in the middle of a line, and takes none for a while',
    [2, 0, 0],
    ['one\n', 'two\n', 'three\n', 'four\n', 'five\n'],
    'on\nfour\nfive\n',
    [3],
  ],
  [
    'in the middle of a line, and takes its end alone',
    [2, 1],
    ['one\n', 'two\n', 'three\n'],
    'on\nthree\n',
    [2],
  ],
  [
    'again and again',
    [0, 10, 0, 0, 10],
    ['one\n', 'two\n', 'three\n', 'four\n', 'five\n'],
    'two\nfive\n',
    [1, 2],
  ],
])(
  'a disk that is full %s leaves no line behind half of another, and what is missing is told once',
  (_, room, lines, text, missing) => {
    const dropped = missing.reduce((sum, each) => sum + each);
    expect(writtenWith(room, lines)).toEqual({ text, missing, dropped });
  },
);

test('a reader that is behind by a megabyte loses nothing', async () => {
  const path = join(directory, 'slow');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const output = new LogOutput(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  const line = `${'x'.repeat(1_023)}\n`;
  for (let at = 0; at < 1_024; at++) {
    output.write(line);
    output.flush();
  }
  expect(output.dropped).toBe(0);
  let read = 0;
  for (let round = 0; round < 2_000 && read < 1 << 20; round++) {
    read += readAll(reader).length;
    await tick();
  }
  expect(read).toBe(1 << 20);
  closeSync(reader);
  // Finds out that the reader is gone, and closes the pipe.
  output.write(line);
  await tick();
  await tick();
});

test('of a reader that reads nothing, four megabytes wait, and no more', async () => {
  const path = join(directory, 'stuck');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const output = new LogOutput(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  const line = `${'x'.repeat(65_535)}\n`;
  let taken = 0;
  for (; output.dropped === 0 && taken < 1_000; taken++) {
    output.write(line);
    output.flush();
  }
  // Beside what the pipe itself takes, and the line that is above.
  const megabytes = taken / 16;
  expect([megabytes >= 4, megabytes < 6]).toEqual([true, true]);
  closeSync(reader);
  output.write(line);
  await tick();
  await tick();
});

test('a pipe that nobody reads drops lines above the maximum, and takes them again once it is read, saying how many are missing', async () => {
  const path = join(directory, 'pipe');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const output = new LogOutput(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK), 100_000);
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
