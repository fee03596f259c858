import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { DestinationStream } from 'pino';

/** Bytes that wait for a slow reader, at most: some 15,000 lines. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** Where text goes at once, or not at all. Returns the rest that was not taken; empty when all of it was. */
type Taker = (text: string) => string;

/**
 * Writes log lines to a file descriptor, those of one tick of the event loop together. Writing never blocks, never throws and never ends
 * the process: what a full disk, a reader that is gone or one that does not read cannot take is dropped and counted. Once lines
 * are taken again, `onTakenAgain` is told how many were dropped.
 *
 * Not pino's own destination: it throws when the disk is full, and waits for a reader that stalls.
 */
export class LogOutput implements DestinationStream {
  readonly #take: Taker;
  #lines = '';
  #dropped = 0;
  #droppedBefore = 0;
  /** The last line in the file is torn: the disk was full in the middle of it. */
  #isTorn = false;
  #onTakenAgain: (dropped: number) => void = () => undefined;

  constructor(fd: number, maxBytes = maxWaitingBytes) {
    this.#take = isPipe(fd) ? pipeTaker(fd, maxBytes) : fileTaker(fd);
  }

  /** Lines that were dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  set onTakenAgain(listener: (dropped: number) => void) {
    this.#onTakenAgain = listener;
  }

  write(line: string): void {
    if (this.#lines === '') setImmediate(() => this.flush());
    this.#lines += line;
  }

  /** Writes what waits for the end of the tick now: before the process ends. */
  flush(): void {
    if (this.#lines === '') return;
    const text = this.#isTorn ? `\n${this.#lines}` : this.#lines;
    this.#lines = '';
    const rest = this.#take(text);
    if (rest !== text) this.#isTorn = rest !== '' && !text.slice(0, -rest.length).endsWith('\n');
    if (rest !== '') {
      this.#dropped += rest.split('\n').filter((line) => line !== '').length;
    } else if (this.#dropped > this.#droppedBefore) {
      const dropped = this.#dropped - this.#droppedBefore;
      this.#droppedBefore = this.#dropped;
      this.#onTakenAgain(dropped);
    }
  }
}

function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}

/** A pipe or a socket: what its reader has not read yet waits in memory; once that is full, nothing more is taken until half of it is read. */
function pipeTaker(fd: number, maxBytes: number): Taker {
  const pipe = new Socket({ fd, readable: false, writable: true });
  // The reader is gone. The socket is destroyed, and takes nothing any more.
  pipe.on('error', () => undefined);
  let isFull = false;
  return (text) => {
    if (pipe.destroyed) return text;
    isFull = pipe.writableLength > (isFull ? maxBytes / 2 : maxBytes);
    if (isFull) return text;
    pipe.write(text);
    return '';
  };
}

/** A file, a terminal or a device: written at once, as far as it goes. */
function fileTaker(fd: number): Taker {
  return (text) => {
    const bytes = Buffer.from(text);
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(fd, bytes, at);
    } catch {
      // Full, or gone.
    }
    return bytes.toString('utf8', at);
  };
}
