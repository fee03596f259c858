import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { types } from 'node:util';
import { commitOf } from '../load/measuring/commit.ts';
import type { Figure } from './figure.ts';
import { machine } from './performance-table.ts';

const roundsFile = join(import.meta.dirname, '../../docs/benchmark/rounds.json');

interface FigureRounds {
  readonly unit: string;
  /** The day, the machine and its Node. */
  readonly measured: string;
  readonly commit: string | null;
  /** Ours first. */
  readonly rounds: Readonly<Record<string, readonly number[]>>;
}

type AllRounds = Readonly<Record<string, FigureRounds>>;

/** Throws where the rounds could not be written at the end of a measurement, since the file is no JSON. */
export function checkRounds(file = roundsFile): void {
  readRounds(file);
}

/** Writes every round of the figures into docs/benchmark, in place of those of the same name; others stay. Returns the file's name. */
export function writeRounds(figures: readonly Figure[], file = roundsFile): string {
  const rounds = withRounds(readRounds(file), figures, machine(), commitOf(import.meta.dirname));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(rounds, null, 1)}\n`);
  return file;
}

/** The rounds with those of new figures in place of their last ones. */
function withRounds(
  earlier: AllRounds,
  figures: readonly Figure[],
  on: string,
  commit: string | null,
): AllRounds {
  const fresh = figures.map(({ title, unit, ours, others }): [string, FigureRounds] => [
    title,
    {
      unit,
      measured: on,
      commit,
      rounds: Object.fromEntries([ours, ...others].map(({ name, values }) => [name, values])),
    },
  ]);
  return { ...earlier, ...Object.fromEntries(fresh) };
}

/** No file is no rounds. One that is no JSON is not overwritten: it throws. */
function readRounds(file: string): AllRounds {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (types.isNativeError(error) && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  return JSON.parse(text) as AllRounds;
}
