import { promises, utimesSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockBusy, withFolderLock } from './folder-lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(folder, 'x.lock');
});
afterEach(() => rm(folder, { recursive: true }));

// Both sides run in this process: on a busy machine a sign of life comes late.
const quick = { staleMs: 600, waitMs: 60_000 };

test('many take turns, and leave nothing', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    inside--;
  };
  await Promise.all(Array.from({ length: 40 }, () => withFolderLock(path, work)));
  expect([most, inside, await readdir(folder)]).toEqual([1, 0, []]);
});

test('work that fails gives the lock back', async () => {
  await expect(withFolderLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await withFolderLock(path, async () => 'next')).toBe('next');
});

test.each(['with', 'without'])(
  'the lock of a holder that died is taken over by one alone, %s its name in it',
  async (how) => {
    await mkdir(path);
    if (how === 'with') await writeFile(join(path, 'owner-dead'), '');
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 10));
      inside--;
    };
    await Promise.all(Array.from({ length: 10 }, () => withFolderLock(path, work, quick)));
    expect([most, await readdir(folder)]).toEqual([1, []]);
  },
);

test('a holder that works for long keeps its lock', async () => {
  const order: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = withFolderLock(
    path,
    async () => {
      held.resolve();
      await new Promise((resolve) => setTimeout(resolve, quick.staleMs * 3));
      order.push('first');
    },
    quick,
  );
  await held.promise;
  await withFolderLock(path, async () => void order.push('second'), quick);
  await first;
  expect(order).toEqual(['first', 'second']);
});

test('a clock that was set back or forward makes no holder dead', async () => {
  const held = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const first = withFolderLock(path, () => {
    held.resolve();
    return done.promise;
  });
  await held.promise;
  const [owner = ''] = await readdir(path);
  const longAgo = new Date(0);
  await utimes(join(path, owner), longAgo, longAgo);
  await expect(withFolderLock(path, async () => undefined, { staleMs: 5_000, waitMs: 200 })).rejects.toThrow(
    LockBusy,
  );
  done.resolve();
  await first;
});

test('a process that stood still for a while, at whatever moment, takes no lock of a holder that works', async () => {
  const held = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const first = withFolderLock(path, () => {
    held.resolve();
    return done.promise;
  });
  await held.promise;
  const [owner = ''] = await readdir(path);
  const nowMs = performance.now.bind(performance);
  try {
    // Wherever it reads the clock, it has had no processor for a minute, and the holder has just given a sign of life.
    for (let at = 2; at < 10; at++) {
      let readings = 0;
      performance.now = () => {
        if (++readings === at) utimesSync(join(path, owner), new Date(), new Date(at * 1_000));
        return nowMs() + (readings < at ? 0 : 60_000);
      };
      const times = { staleMs: 20_000, waitMs: 60_150 };
      await expect(withFolderLock(path, async () => undefined, times)).rejects.toThrow(LockBusy);
    }
  } finally {
    performance.now = nowMs;
  }
  done.resolve();
  await first;
});

test.each(['before', 'behind'])(
  'a process that stood still as it wrote its name, %s that, leaves the lock to whoever took it for abandoned meanwhile',
  async (when) => {
    const real = promises.writeFile;
    const theirs = join(path, 'owner-theirs');
    const use = (writing: typeof real) => {
      Object.assign(promises, { writeFile: writing });
      syncBuiltinESMExports();
    };
    use(async (file, data, options) => {
      use(real);
      if (when === 'behind') {
        await real(file, data, options);
        const [own = ''] = await readdir(path);
        await rename(join(path, own), theirs);
        return;
      }
      await rmdir(path);
      await mkdir(path);
      await real(theirs, '');
      await real(file, data, options);
    });
    try {
      const late = withFolderLock(path, async () => undefined, { staleMs: 60_000, waitMs: 200 });
      await expect(late).rejects.toThrow(LockBusy);
    } finally {
      use(real);
    }
    expect(await readdir(path)).toEqual(['owner-theirs']);
  },
);

test('of a lock into which two wrote their names before they died, both are taken over before somebody works', async () => {
  await mkdir(path);
  for (const name of ['owner-one', 'owner-two']) await writeFile(join(path, name), '');
  const names = await withFolderLock(path, () => readdir(path), { staleMs: 50, waitMs: 60_000 });
  expect([names.length, await readdir(folder)]).toEqual([1, []]);
});

test('whoever waits for too long is told so', async () => {
  await mkdir(path);
  await writeFile(join(path, 'owner-another'), '');
  const waiting = withFolderLock(path, async () => undefined, { staleMs: 60_000, waitMs: 50 });
  await expect(waiting).rejects.toThrow('is held by another process');
});
