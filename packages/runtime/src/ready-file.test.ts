import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announceReady, boundPort, readReadyFile } from './ready-file.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ravi-ready-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the file tells the process and its ports, to this user alone, and goes with the process', () => {
  const file = join(directory, 'api.json');
  const module = JSON.stringify(join(import.meta.dirname, 'ready-file.ts'));
  const program = `
    import { readFileSync, statSync } from 'node:fs';
    const { announceReady } = await import(${module});
    announceReady(${JSON.stringify(file)}, { port: 81, adminPort: 82 });
    console.log(JSON.stringify({ pid: process.pid, told: readFileSync(${JSON.stringify(file)}, 'utf8') }));
    console.log(statSync(${JSON.stringify(file)}).mode & 0o777);
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const [line = '', mode] = stdout.split('\n');
  const { pid, told } = JSON.parse(line) as { pid: number; told: string };
  expect(JSON.parse(told)).toEqual({ pid, port: 81, adminPort: 82 });
  expect(Number(mode)).toBe(0o600);
  expect(readdirSync(directory)).toEqual([]);
});

test('a file that cannot be written is told by the name of its setting, and nothing is left', () => {
  const tell = () => announceReady(join(directory, 'nowhere', 'api.json'), { adminPort: 82 });
  expect(tell).toThrow(/^READY_FILE cannot be written: .*ENOENT/);
  // A folder stands where the file should be.
  mkdirSync(join(directory, 'api.json'));
  expect(() => announceReady(join(directory, 'api.json'), { adminPort: 82 })).toThrow('READY_FILE');
  expect(readdirSync(directory)).toEqual(['api.json']);
});

test('a reader takes the file of the process that it started, and of no earlier one', () => {
  const file = join(directory, 'api.json');
  expect(readReadyFile(file, process.pid)).toBeNull();
  writeFileSync(file, JSON.stringify({ pid: process.pid, port: 81, adminPort: 82 }));
  expect(readReadyFile(file, process.pid)).toEqual({ port: 81, adminPort: 82 });
  expect(readReadyFile(file, process.pid + 1)).toBeNull();
  expect(readReadyFile(file, undefined)).toBeNull();
  writeFileSync(file, '{"pid": 1}');
  expect(() => readReadyFile(file, 1)).toThrow('adminPort');
});

test('a process whose file is gone already ends as well as any other', () => {
  const file = join(directory, 'api.json');
  const before = process.listeners('exit');
  announceReady(file, { adminPort: 82 });
  const added = process.listeners('exit').filter((listener) => !before.includes(listener));
  expect(added).toHaveLength(1);
  for (const removeFile of added) {
    removeFile.call(process, 0);
    expect(readdirSync(directory)).toEqual([]);
    expect(() => removeFile.call(process, 0)).not.toThrow();
    process.off('exit', removeFile);
  }
});

test('no file is written where none is named', () => {
  announceReady(null, { adminPort: 82 });
  expect(readdirSync(directory)).toEqual([]);
});

test('the port of a server is the one that the system chose', async () => {
  const server = createServer();
  expect(() => boundPort(server)).toThrow('does not listen');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  expect(boundPort(server)).toBeGreaterThan(0);
  await new Promise((resolve) => server.close(resolve));
  // A socket in a folder has no port.
  await new Promise<void>((resolve) => server.listen(join(directory, 'socket'), resolve));
  expect(() => boundPort(server)).toThrow('does not listen on a port');
  await new Promise((resolve) => server.close(resolve));
});
