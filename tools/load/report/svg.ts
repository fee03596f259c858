/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A mark on an axis. */
export interface Tick {
  readonly at: number;
  readonly label: string;
  /** What the label stands for, where it is told when pointed at. */
  readonly title?: string;
}

/** The content of a line chart. `x` maps a value to a position between 0 and 1. */
export interface LineChart {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly xTicks: readonly Tick[];
  readonly xLabel: string;
  /** Moments that get a line and a name. */
  readonly moments?: readonly Tick[];
}

/** Points of a line that tell their value when pointed at; more would lie on each other. */
const maxPoints = 120;

const width = 760;
const height = 300;
const margin = { left: 64, right: 20, top: 16, bottom: 44 };
const innerWidth = width - margin.left - margin.right;
const innerHeight = height - margin.top - margin.bottom;

/** Draws lines as one SVG element that takes its colours from the page: `--series-1` to `--series-6`. */
export function lineChart({ title, unit, series, xTicks, xLabel, moments = [] }: LineChart): string {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x)).concat(xTicks.map(({ at }) => at));
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y));
  const [least, most] = [Math.min(...bounded(xs)), Math.max(...bounded(xs))];
  const top = niceCeiling(Math.max(...bounded(ys), 0));
  const x = (value: number) => margin.left + ((value - least) / (most - least || 1)) * innerWidth;
  const y = (value: number) => margin.top + innerHeight - (value / top) * innerHeight;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * top).toFixed(1);
    return `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/><text class="tick" x="${margin.left - 8}" y="${at}" dy="4" text-anchor="end">${short(share * top)}</text>`;
  });
  const marks = xTicks.map(
    ({ at, label }) =>
      `<text class="tick" x="${x(at).toFixed(1)}" y="${height - margin.bottom + 18}" text-anchor="middle">${escapeMarkup(label)}</text>`,
  );
  const lines = series.map(
    ({ points }, index) =>
      `<polyline class="line s${(index % 6) + 1}" points="${points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')}"/>`,
  );
  const points = series.flatMap(({ name, points: all }, index) =>
    thinned(all).map(
      ([px, py]) =>
        `<circle class="point s${(index % 6) + 1}" cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="5"><title>${escapeMarkup(`${name}: ${short(py)} ${unit}`)}</title></circle>`,
    ),
  );
  const lineAt = ({ at, label, title: told = '' }: Tick) =>
    `<line class="moment" x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${margin.top}" y2="${margin.top + innerHeight}"/><text class="tick" x="${x(at).toFixed(1)}" y="${margin.top - 4}" text-anchor="end">${escapeMarkup(label)}${told === '' ? '' : `<title>${escapeMarkup(told)}</title>`}</text>`;
  const legend = series.map(
    ({ name }, index) => `<span class="key s${(index % 6) + 1}">${escapeMarkup(name)}</span>`,
  );
  return `<figure><figcaption>${escapeMarkup(title)} <small>${escapeMarkup(unit)}</small></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(title)}">${grid.join('')}${marks.join('')}${moments.map(lineAt).join('')}${lines.join('')}${points.join('')}<text class="tick" x="${margin.left + innerWidth / 2}" y="${height - 6}" text-anchor="middle">${escapeMarkup(xLabel)}</text></svg>
<p class="legend">${legend.join('')}</p></figure>`;
}

/** Text that is safe between tags and in quoted attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The next 1, 2, 2.5 or 5 times a power of ten. */
function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10);
}

/** So few of the points that each can be pointed at, with the first and the last. */
function thinned(points: Series['points']): Series['points'] {
  const every = Math.ceil(points.length / maxPoints);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

/** At most ten thousand of the values: `Math.max` takes them as arguments. */
function bounded(values: readonly number[]): readonly number[] {
  if (values.length === 0) return [0];
  const every = Math.ceil(values.length / 10_000);
  return values.filter((_, index) => index % every === 0);
}

function short(value: number): string {
  if (value >= 1_000_000) return `${round(value / 1_000_000)}M`;
  if (value >= 1_000) return `${round(value / 1_000)}k`;
  return round(value);
}

const round = (value: number) => String(Math.round(value * 100) / 100);
