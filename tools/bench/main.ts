/**
 * Measures our services beside floors that do less, in alternating rounds, and writes the table of docs/performance.md and every
 * round into docs/benchmark: `npm run bench`. With `--quick` it measures once and little, for a look and for CI, and writes nothing.
 */
import { parseArgs, types } from 'node:util';
import { effortOf } from './effort.ts';
import type { Figure } from './figure.ts';
import { credentialFigures } from './figures/credential-figures.ts';
import { fanoutFigure } from './figures/fanout-figure.ts';
import { growthFigures } from './figures/growth-figures.ts';
import { heldFigure } from './figures/held-figure.ts';
import { issuerFigures } from './figures/issuer-figure.ts';
import { latencyFigure } from './figures/latency-figure.ts';
import { memoryFigures } from './figures/memory-figures.ts';
import { throughputFigures } from './figures/throughput-figures.ts';
import { figureText } from './figure-text.ts';
import { checkTable, writeTable } from './performance-table.ts';
import { checkRounds, writeRounds } from './raw-rounds.ts';

const benchmarks = {
  throughput: throughputFigures,
  credentials: credentialFigures,
  latency: latencyFigure,
  fanout: fanoutFigure,
  issuer: issuerFigures,
  growth: growthFigures,
  memory: memoryFigures,
  held: heldFigure,
} as const;

/** Three minutes by itself: measured when it is named, and in a quick look. */
const notByDefault = 'held';

const usage = `Measures the services beside floors and peers, and writes the table of docs/performance.md.

  npm run bench -- [options]

  --quick        once and small, nothing is written
  --only NAME    ${Object.keys(benchmarks).join(', ')}; may be repeated
  --no-peers     without the services of others
`;

/** Reads the options; ends the process with a sentence where one is not known. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        'no-peers': { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    console.error(`${types.isNativeError(error) ? error.message.split('. ')[0] : 'Not valid'}. See --help.`);
    process.exit(2);
  }
}

const { values } = readOptions();
if (values.help) {
  process.stdout.write(usage);
  process.exit();
}
const unknown = values.only.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown[0]}": ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}

// Half an hour is measured before anything is written.
if (!values.quick) {
  checkTable();
  checkRounds();
}

// Leaves by way of "exit", which ends the servers too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const startMs = performance.now();
const figures: Figure[] = [];
for (const [name, benchmark] of Object.entries(benchmarks)) {
  const named = values.only.includes(name);
  if (values.only.length > 0 ? !named : name === notByDefault && !values.quick) continue;
  console.error(`\n${name} …`);
  for (const figure of [await benchmark(effortOf(values.quick, !values['no-peers']))].flat()) {
    figures.push(figure);
    console.log(figureText(figure));
  }
}
if (values.quick)
  console.log(
    '\nA quick look: small, and mostly a single round. Its ratios show that it runs; they judge nothing.',
  );
else console.log(`\nWritten: ${writeTable(figures)}, and every round: ${writeRounds(figures)}`);
console.log(`\nNo login was lost or doubled. ${Math.round((performance.now() - startMs) / 1000)} s.`);
