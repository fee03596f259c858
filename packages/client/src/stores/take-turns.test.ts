import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockBusy } from './folder-lock.ts';
import { takeTurns } from './take-turns.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turns-'));
});
afterEach(() => rm(folder, { recursive: true }));

const nothing = async () => undefined;

test('the folder of the lock is made where there is none, and the lock is gone afterwards', async () => {
  const path = join(folder, 'new/deep/x.lock');
  for (let turn = 0; turn < 2; turn++) expect(await takeTurns(path, 1_000, async () => turn)).toBe(turn);
  expect(await readdir(join(folder, 'new/deep'))).toEqual([]);
});

test('what the work throws is thrown as it is, also where it looks like the lock’s own', async () => {
  const refusal = await readFile(join(folder, 'none')).catch((error: unknown) => error);
  for (const thrown of [refusal, new LockBusy('another lock')])
    await expect(takeTurns(join(folder, 'x.lock'), 1_000, () => Promise.reject(thrown))).rejects.toBe(thrown);
});

test('a lock that another process holds is told, with its path and the wait in seconds', async () => {
  const path = join(folder, 'x.lock');
  await mkdir(path);
  await writeFile(join(path, 'owner-another'), '');
  const real = performance.now.bind(performance);
  let nowMs = 0;
  // Each look at the clock is a second later.
  performance.now = () => (nowMs += 1_000);
  try {
    await expect(takeTurns(path, 2_000, nothing)).rejects.toMatchObject({
      code: 'store_unusable',
      message: `Another process has held ${path} for 2 s: is it stuck? If none runs, delete that folder.`,
    });
  } finally {
    performance.now = real;
  }
});

test('a place where no lock can be made is told, with the reason', async () => {
  await writeFile(join(folder, 'file'), '');
  const path = join(folder, 'file/x.lock');
  await expect(takeTurns(path, 1_000, nothing)).rejects.toMatchObject({
    code: 'store_unusable',
    message: `${path} cannot be used: a part of the path is no folder (EEXIST).`,
  });
});

test('a path that is none at all is a mistake of the program, not of the store', async () => {
  await expect(takeTurns('\0', 1_000, nothing)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});
