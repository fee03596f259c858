import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { formatted, trust } from './figure-text.ts';

const file = join(import.meta.dirname, '../../../docs/performance.md');
const begin = '<!-- bench:begin -->';
const end = '<!-- bench:end -->';

/** Puts the table between the markers of docs/performance.md. Returns the file's name. */
export function writeTable(figures: readonly Figure[]): string {
  writeFileSync(file, withTable(readFileSync(file, 'utf8'), tableOf(figures, machine())));
  return file;
}

/** The document with the table between its markers, in place of the last one. Throws when a marker is missing. */
export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`The document has no ${begin} … ${end}.`);
  return `${before}${begin}\n${table}\n${end}${after}`;
}

/** The figures as a Markdown table. */
export function tableOf(figures: readonly Figure[], on: string): string {
  const rows = figures.map(({ title, unit, ours, others, targets }) => {
    const beside = others.map(({ name, median }) => `${name}: ${formatted(median)}`).join('<br>');
    const goals = targets
      .map(({ text, reached, met }) => `${text}: **${formatted(reached)}** ${met ? '✓' : '✗'}`)
      .join('<br>');
    return `| ${title} | ${formatted(ours.median)} ${unit} (${trust(ours)}) | ${beside} | ${goals} |`;
  });
  return [`Measured on ${on}.`, '', '| figure | ours | beside | target |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

function machine(): string {
  const all = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${all.length} × ${all[0]?.model.trim() ?? 'CPU'}, Node ${process.versions.node}`;
}
