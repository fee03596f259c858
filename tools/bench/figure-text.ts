import type { Figure, Target } from './figure.ts';
import type { Measured } from './medians.ts';

export function figureText({ title, unit, ours, others, targets }: Figure): string {
  const line = (measured: Measured) =>
    `  ${formatted(measured.median).padStart(9)} ${unit}  ${trust(measured)}  ${measured.name}`;
  return [
    `\n${title}`,
    ...[ours, ...others].map(line),
    ...targets.map((target) => `  ${verdict(target)}`),
  ].join('\n');
}

/** How reliable a median is: the spread of its rounds, or that there was only one. */
export function trust({ values, spread }: Measured): string {
  return values.length < 2 ? '1 round' : `±${Math.round(spread * 100)}%, ${values.length} rounds`;
}

/** Whether a target was reached, with the number. */
function verdict({ text, reached, met }: Target): string {
  return `${met ? 'met   ' : 'MISSED'} ${text}: ${formatted(reached)}`;
}

/** Three significant digits, with thousands separated. */
export function formatted(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
