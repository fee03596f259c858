import { mkdir, readdir, rename, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isSystemError } from './system-errors.ts';

export interface LockTimes {
  /** A holder that gave no sign of life for this time counts as dead. */
  readonly staleMs: number;
  /** Longest wait for the lock. */
  readonly waitMs: number;
}

/** The limits of stores, unless a program sets its own. */
export const defaultLockTimes: LockTimes = { staleMs: 5_000, waitMs: 60_000 };

/** How many signs of life a holder gives in the time after which it counts as dead without one. */
const beatsPerStale = 5;

/** The lock was not free in time. */
export class LockBusy extends Error {}

/** The visible state of a holder: any change is a sign of life. */
interface Seen {
  readonly owner: string | null;
  readonly beat: number;
}

/**
 * Runs the work while this process holds the lock, a folder at `path`. Works between processes, on every file system with an atomic
 * `mkdir` and `rename`. The holder's file in the folder is touched while it works; a process that waits and sees it untouched for
 * `staleMs` renames it to its own, which only one can do. Rejects with `LockBusy`, and with the file system's error if the folder
 * cannot be made.
 */
export async function withFolderLock<T>(
  path: string,
  work: () => Promise<T>,
  times: LockTimes = defaultLockTimes,
): Promise<T> {
  const file = join(path, `owner-${crypto.randomUUID()}`);
  await acquire(path, file, times);
  const heart = setInterval(() => void touch(file), times.staleMs / beatsPerStale);
  heart.unref();
  try {
    return await work();
  } finally {
    clearInterval(heart);
    await release(path, file);
  }
}

async function acquire(path: string, file: string, { staleMs, waitMs }: LockTimes): Promise<void> {
  const startedAtMs = performance.now();
  let seen: Seen | null = null;
  let silentMs = 0;
  let lastMs = startedAtMs;
  for (;;) {
    // By the time before the look: where this process stood still behind it, the holder may have given a sign of life meanwhile.
    const askedAtMs = performance.now();
    if (await create(path, file)) return;
    const now = await look(path);
    if (seen?.owner !== now.owner || seen.beat !== now.beat) {
      [seen, silentMs, lastMs] = [now, 0, performance.now()];
    } else {
      // Where this process stood still, the holder may have, too, as where their machine was paused: that counts as a moment.
      silentMs += Math.min(askedAtMs - lastMs, staleMs / beatsPerStale);
      lastMs = askedAtMs;
      if (silentMs > staleMs && (await takeOver(path, file, now.owner))) return;
    }
    if (performance.now() - startedAtMs > waitMs) throw new LockBusy(`${path} is held by another process.`);
    await pause(5 + Math.random() * 20);
  }
}

/** Makes the lock. False where somebody has it. */
async function create(path: string, file: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
  try {
    await writeFile(file, '', { flag: 'wx', mode: 0o600 });
    // Where this process stood still before that, somebody may have taken the folder for an abandoned one: it is theirs by now.
    return await isAlone(path, file);
  } catch (error) {
    // Somebody took the folder for an abandoned one, in the moment between.
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    await rmdir(path).catch(() => undefined);
    throw error;
  }
}

async function look(path: string): Promise<Seen> {
  try {
    const owner = (await readdir(path)).find((name) => name.startsWith('owner-')) ?? null;
    const { mtimeMs } = await stat(owner === null ? path : join(path, owner));
    return { owner, beat: mtimeMs };
  } catch {
    return { owner: null, beat: Number.NaN };
  }
}

/** Takes a dead holder's lock. True for one process alone: a file can be renamed once, and a folder removed once. */
async function takeOver(path: string, file: string, owner: string | null): Promise<boolean> {
  try {
    if (owner === null) {
      // Its maker died before it wrote its name. Fails where a name stands by now.
      await rmdir(path);
      return false;
    }
    await rename(join(path, owner), file);
    return await isAlone(path, file);
  } catch {
    return false;
  }
}

/** Whether nobody else's name stands in the lock. Else this process gives it back: of two that wrote their names, at most one stays. */
async function isAlone(path: string, file: string): Promise<boolean> {
  const owners = (await readdir(path)).filter((name) => name.startsWith('owner-'));
  if (owners.length === 1 && owners[0] === basename(file)) return true;
  await release(path, file);
  return false;
}

async function release(path: string, file: string): Promise<void> {
  try {
    await unlink(file);
    await rmdir(path);
  } catch {
    // Taken over meanwhile: it is another's.
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}
