import type { Figure, Target } from './figure.ts';
import type { Measured } from './medians.ts';

/** A figure for a terminal. */
export function figureText({ title, unit, ours, others, targets }: Figure): string {
  const line = ({ name, median, spread }: Measured) =>
    `  ${formatted(median).padStart(9)} ${unit}  ±${Math.round(spread * 100)}%  ${name}`;
  return [
    `\n${title}`,
    ...[ours, ...others].map(line),
    ...targets.map((target) => `  ${verdict(target)}`),
  ].join('\n');
}

/** Whether a target was reached, with the number. */
function verdict({ text, reached, met }: Target): string {
  return `${met ? 'met   ' : 'MISSED'} ${text}: ${formatted(reached)}`;
}

/** Three digits that matter, and thousands apart. */
export function formatted(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
