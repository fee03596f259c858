import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { formatted, trust } from './figure-text.ts';

const file = join(import.meta.dirname, '../../docs/performance.md');
const begin = '<!-- bench:begin -->';
const end = '<!-- bench:end -->';

/**
 * Writes the figures into the table of docs/performance.md, in place of the rows of the same name; other rows stay.
 * Returns the file's name.
 */
export function writeTable(figures: readonly Figure[]): string {
  const document = readFileSync(file, 'utf8');
  const newRows = figures.map(rowOf);
  const rows = mergeRows(rowsOf(document), newRows);
  writeFileSync(file, withTable(document, tableOf(rows, measuredOn(rows, newRows, machine()))));
  return file;
}

/** Throws where the table could not be written at the end of a measurement, since the document has no place for it. */
export function checkTable(): void {
  withTable(readFileSync(file, 'utf8'), '');
}

/** The document with the new table between its markers. Throws if a marker is missing. */
export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`The document has no ${begin} … ${end}.`);
  return `${before}${begin}\n${table}\n${end}${after}`;
}

export function rowsOf(document: string): readonly string[] {
  const table = document.split(begin)[1]?.split(end)[0] ?? '';
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2);
}

/** New rows replace those of the same name; the others follow. */
export function mergeRows(rows: readonly string[], newRows: readonly string[]): readonly string[] {
  const fresh = new Map(newRows.map((row) => [nameOf(row), row]));
  const merged = rows.map((row) => fresh.get(nameOf(row)) ?? row);
  return [...merged, ...newRows.filter((row) => !rows.some((old) => nameOf(old) === nameOf(row)))];
}

const nameOf = (row: string) => row.split('|')[1] ?? '';

/** One figure as a row of the Markdown table. */
export function rowOf({ title, unit, ours, others, targets }: Figure): string {
  const beside = others.map(({ name, median }) => `${name}: ${formatted(median)}`).join('<br>');
  const goals = targets
    .map(({ text, reached, met }) => `${text}: **${formatted(reached)}** ${met ? '✓' : '✗'}`)
    .join('<br>');
  return `| ${title} | ${formatted(ours.median)} ${unit} (${trust(ours)}) | ${beside} | ${goals} |`;
}

/** Where and when the new rows were measured; of rows that stay it says where that stands. */
export function measuredOn(rows: readonly string[], newRows: readonly string[], on: string): string {
  return rows.length === newRows.length
    ? on
    : `${on}; rows that were not measured then keep the day and machine that [rounds.json](benchmark/rounds.json) has for them`;
}

/** The rows below their head. */
export function tableOf(rows: readonly string[], on: string): string {
  return [`Measured on ${on}.`, '', '| figure | ours | beside | target |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

/** The machine and the date of the measurement. */
export function machine(): string {
  const all = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${all.length} × ${all[0]?.model.trim() ?? 'CPU'}, Node ${process.versions.node}`;
}
