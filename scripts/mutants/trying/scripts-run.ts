import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'ioredis';
import { root } from '../../setup/root.mjs';

/** Tells which Lua files Redis was asked to run since it was asked last. */
export class ScriptsRun {
  readonly #sources: readonly (readonly [file: string, parts: readonly string[]])[];
  /** The files of a script, by its digest: a batch holds another script. */
  readonly #filesOf = new Map<string, readonly string[]>();
  #run = new Set<string>();

  constructor(files: readonly string[]) {
    this.#sources = files.map((file) => [file, partsOf(readFileSync(join(root, file), 'utf8'))]);
    for (const name of ['eval', 'evalsha'] as const) {
      Command.setArgumentTransformer(name, (args) => {
        this.#note(name, args[0]);
        return args;
      });
    }
  }

  take(): readonly string[] {
    const run = [...this.#run];
    this.#run = new Set();
    return run;
  }

  #note(name: 'eval' | 'evalsha', first: unknown): void {
    if (typeof first !== 'string') return;
    // Redis has no script in the beginning: each is sent once with its source, after its digest was not known.
    const digest = name === 'eval' ? createHash('sha1').update(first).digest('hex') : first;
    if (name === 'eval') {
      const files = this.#sources.filter(([, parts]) => parts.every((part) => first.includes(part)));
      this.#filesOf.set(
        digest,
        files.map(([file]) => file),
      );
    }
    for (const file of this.#filesOf.get(digest) ?? []) this.#run.add(file);
  }
}

/** A script without its first line, which a batch moves; that of a batch is what is before and what is behind the other script. */
function partsOf(source: string): readonly string[] {
  return source.replace(/^#![^\n]*\n/, '').split('--[[ the script ]]');
}
