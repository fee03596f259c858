import { promises, utimesSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import timers from 'node:timers/promises';
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

/** A holder that has the lock until `done` is resolved. */
async function holding() {
  const held = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const first = withFolderLock(path, () => {
    held.resolve();
    return done.promise;
  });
  await held.promise;
  return { first, done };
}

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
      return readdir(path);
    };
    const names = await Promise.all(Array.from({ length: 10 }, () => withFolderLock(path, work, quick)));
    expect([most, await readdir(folder)]).toEqual([1, []]);
    expect(names.map(({ length }) => length)).toEqual(names.map(() => 1));
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
  const { first, done } = await holding();
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
  const { first, done } = await holding();
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

test('a machine that stood still for a while takes no lock of a holder that stood still with it', async () => {
  const { first, done } = await holding();
  const nowMs = performance.now.bind(performance);
  try {
    for (let at = 2; at < 10; at++) {
      let readings = 0;
      performance.now = () => nowMs() + (++readings < at ? 0 : 60_000);
      const times = { staleMs: 20_000, waitMs: 60_150 };
      await expect(withFolderLock(path, async () => undefined, times)).rejects.toThrow(LockBusy);
    }
  } finally {
    performance.now = nowMs;
  }
  done.resolve();
  await first;
});

/** Runs the work with something else in the place of the next call of a function of the file system. */
async function withNext<Name extends 'rename' | 'writeFile'>(
  name: Name,
  other: (real: (typeof promises)[Name], ...how: Parameters<(typeof promises)[Name]>) => Promise<void>,
  work: () => Promise<unknown>,
): Promise<void> {
  const real = promises[name];
  const use = (next: unknown) => {
    Object.assign(promises, { [name]: next });
    syncBuiltinESMExports();
  };
  use((...how: Parameters<(typeof promises)[Name]>) => {
    use(real);
    return other(real, ...how);
  });
  try {
    await work();
  } finally {
    use(real);
  }
}

test.each(['before', 'behind'])(
  'a process that stood still as it wrote its name, %s that, leaves the lock to whoever took it for abandoned meanwhile',
  async (when) => {
    const theirs = join(path, 'owner-theirs');
    const late = async (write: typeof writeFile, ...how: Parameters<typeof writeFile>) => {
      if (when === 'behind') {
        await write(...how);
        const [own = ''] = await readdir(path);
        await rename(join(path, own), theirs);
        return;
      }
      await rmdir(path);
      await mkdir(path);
      await write(theirs, '');
      await write(...how);
    };
    await withNext('writeFile', late, () =>
      expect(withFolderLock(path, async () => undefined, { staleMs: 60_000, waitMs: 200 })).rejects.toThrow(
        LockBusy,
      ),
    );
    expect(await readdir(path)).toEqual(['owner-theirs']);
  },
);

test('a process whose folder was taken away before it wrote its name makes it anew', async () => {
  const late = async (write: typeof writeFile, ...how: Parameters<typeof writeFile>) => {
    await rmdir(path);
    await write(...how);
  };
  await withNext('writeFile', late, async () => {
    expect(await withFolderLock(path, () => readdir(path))).toEqual([expect.stringMatching(/^owner-/)]);
  });
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a holder that died is not of a process that came too late to take it over', async () => {
  await mkdir(path);
  await writeFile(join(path, 'owner-dead'), '');
  const late = async (move: typeof rename, ...how: Parameters<typeof rename>) => {
    await move(how[0], join(path, 'owner-theirs'));
    await move(...how);
  };
  await withNext('rename', late, async () => {
    const names = await withFolderLock(path, () => readdir(path), { staleMs: 50, waitMs: 60_000 });
    // Only once the other has died, too.
    expect(names).toEqual([expect.not.stringMatching('owner-theirs')]);
  });
});

test('a lock that cannot be written is told, and given back', async () => {
  const onFullDisk = (write: typeof writeFile) => write('/dev/full', 'x');
  await withNext('writeFile', onFullDisk, () =>
    expect(
      withFolderLock(path, async () => undefined, { staleMs: 60_000, waitMs: 200 }),
    ).rejects.toMatchObject({ code: 'ENOSPC' }),
  );
  expect(await readdir(folder)).toEqual([]);
});

test('a lock in what is no folder is told', async () => {
  await writeFile(join(folder, 'file'), '');
  const times = { staleMs: 60_000, waitMs: 200 };
  await expect(
    withFolderLock(join(folder, 'file/x.lock'), async () => undefined, times),
  ).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('the signs of life end with the work', async () => {
  jest.useFakeTimers();
  try {
    const during = await withFolderLock(path, async () => jest.getTimerCount());
    expect([during, jest.getTimerCount()]).toEqual([1, 0]);
  } finally {
    jest.useRealTimers();
  }
});

test('the signs of life keep no process from its end', async () => {
  const running = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = running();
  expect(await withFolderLock(path, async () => running())).toBe(before);
});

test('whoever waits looks again after 5 to 25 ms, by chance, and waits as long also where its process has run for hours', async () => {
  const real = { random: Math.random, now: performance.now.bind(performance), pause: timers.setTimeout };
  const use = (pause: typeof real.pause) => {
    Object.assign(timers, { setTimeout: pause });
    syncBuiltinESMExports();
  };
  const { first, done: waited } = await holding();
  const pauses: (number | undefined)[] = [];
  try {
    use((ms, value) => {
      if (pauses.push(ms) === 3) waited.resolve();
      return real.pause(ms, value);
    });
    Math.random = () => 0.25;
    performance.now = () => real.now() + 10_000_000;
    await withFolderLock(path, async () => undefined);
  } finally {
    Math.random = real.random;
    performance.now = real.now;
    use(real.pause);
  }
  await first;
  expect(pauses.slice(0, 3)).toEqual([10, 10, 10]);
});

test.each([
  ['nobody', []],
  ['one', ['owner-one']],
  ['two', ['owner-one', 'owner-two']],
])('a lock into which %s wrote a name before dying is wholly of whoever works then', async (_, dead) => {
  await mkdir(path);
  for (const name of dead) await writeFile(join(path, name), '');
  const names = await withFolderLock(path, () => readdir(path), { staleMs: 50, waitMs: 60_000 });
  expect([names.length, await readdir(folder)]).toEqual([1, []]);
});

test('whoever waits for too long is told so', async () => {
  await mkdir(path);
  await writeFile(join(path, 'owner-another'), '');
  const waiting = withFolderLock(path, async () => undefined, { staleMs: 60_000, waitMs: 50 });
  await expect(waiting).rejects.toThrow('is held by another process');
});

describe('unless a program says otherwise', () => {
  /** Does the work by a clock of which each look is a second later than the last one. Resolves to its time in the end. */
  async function secondsUntil(work: () => Promise<unknown>, atEachLook = (_seconds: number) => {}) {
    const nowMs = performance.now.bind(performance);
    let seconds = 0;
    performance.now = () => {
      atEachLook(++seconds);
      return seconds * 1_000;
    };
    try {
      await work();
    } finally {
      performance.now = nowMs;
    }
    return seconds;
  }

  beforeEach(async () => {
    await mkdir(path);
    await writeFile(join(path, 'owner-another'), '');
  });

  test('a holder without a sign of life for five seconds counts as dead', async () => {
    // Of the time between two looks, a second counts, and each takes two.
    const seconds = await secondsUntil(() => withFolderLock(path, async () => undefined));
    expect([seconds > 2 * 5, seconds < 2 * 10]).toEqual([true, true]);
  });

  test('whoever wants the lock of a holder that works waits for a minute', async () => {
    const seconds = await secondsUntil(
      () => expect(withFolderLock(path, async () => undefined)).rejects.toThrow(LockBusy),
      (at) => utimesSync(join(path, 'owner-another'), new Date(), new Date(at * 1_000)),
    );
    expect([seconds > 60, seconds < 65]).toEqual([true, true]);
  });
});
