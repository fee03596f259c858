/**
 * Breaks the code in one small way at a time, and tells which breaks no test noticed.
 *
 *     npm run mutants                          all of them: hours; goes on where an earlier run was stopped
 *     npm run mutants -- --area credentials    those of one area of own-tests.ts, or of several, each with an --area
 *     npm run mutants -- --only settle.lua     those of files whose path has these words
 *     npm run mutants -- --draw 50             50 of these, drawn by chance, and the same in every run
 *     npm run mutants -- --sample 60           the sample that was remembered: fails for each that is not noticed any more
 *     npm run mutants -- --seconds 240         stops after this time
 *     npm run mutants -- --results FILE        keeps what became of each break there, not in artifacts/mutants.jsonl
 *     npm run mutants -- --again               tries those alone that were tried and that no test noticed; --anew tries all anew
 *     npm run mutants -- --test-seconds 60     against so much of the tests that run a place, by their usual time, and not 8 s
 *     npm run mutants -- --kept-survey         believes what an earlier run of such learnt: which tests run which places
 *     npm run mutants -- --workers 3           by so many processes
 *     npm run mutants -- --sample 60 --remember   draws the sample anew, and remembers which test noticed each of its breaks
 *
 * The report is artifacts/mutants.md. A break that no test notices here is explained in mutants/explained.ts. The sample and its
 * tests are in mutants/remembered.json. docs/testing.md says how to use all this.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { explained } from './mutants/explained.ts';
import { luaMutants } from './mutants/lua-mutants.ts';
import { type Mutant, sampleOf } from './mutants/mutant.ts';
import { areaOf, areas, testFilesOf } from './mutants/own-tests.ts';
import { Remembered } from './mutants/remembered.ts';
import { reportOf } from './mutants/report.ts';
import { Survey } from './mutants/survey.ts';
import { Trials } from './mutants/trials.ts';
import { typescriptMutants } from './mutants/typescript-mutants.ts';
import { Verdicts } from './mutants/verdicts.ts';
import { root } from './setup/root.mjs';

const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    only: { type: 'string', default: '' },
    area: { type: 'string', multiple: true },
    draw: { type: 'string' },
    seconds: { type: 'string' },
    results: { type: 'string' },
    workers: { type: 'string', default: '3' },
    again: { type: 'boolean', default: false },
    anew: { type: 'boolean', default: false },
    // Most breaks are noticed by the first tests.
    'test-seconds': { type: 'string', default: '8' },
    'kept-survey': { type: 'boolean', default: false },
    remember: { type: 'boolean', default: false },
  },
});

const artifacts = join(root, 'artifacts');
const isSample = values.sample !== undefined;

function mutantsInCode(): readonly Mutant[] {
  return globSync('{packages,services}/*/src/**/*.{ts,lua}', { cwd: root })
    .toSorted()
    .filter((file) => areaOf(file) !== undefined)
    .flatMap((file) =>
      (file.endsWith('.lua') ? luaMutants : typescriptMutants)(file, readFileSync(join(root, file), 'utf8')),
    );
}

/** Tries those whose verdict is not known. */
async function tryAll(all: readonly Mutant[], chosen: readonly Mutant[], verdicts: Verdicts): Promise<void> {
  const isOpen = ({ name }: Mutant) => {
    const known = verdicts.get(name);
    return values.again ? known?.noticedBy === null : known === undefined || values.anew;
  };
  const trials = await Trials.start(
    Number(values.workers),
    verdicts,
    values.seconds === undefined ? Infinity : Number(values.seconds),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void trials.stop().then(() => process.exit(1)));
  try {
    const open = chosen.filter(isOpen);
    const remembered = new Remembered();
    const asked = isSample ? await trials.run(open, ({ name }) => remembered.testsFor(name)) : open;
    for (const { name } of isSample && !values.remember ? asked : [])
      console.log(`its remembered test does not notice it: ${name}`);
    // What no remembered test noticed is tried against all of its own.
    const survey = new Survey(all, values['kept-survey']);
    const files = [...new Set(asked.flatMap(({ file }) => testFilesOf(areaOf(file))))];
    await trials.share(files, (process, file) => survey.learn(process, file));
    for (const test of survey.left(files)) console.log(`not used: ${test}`);
    await trials.renew();
    const maxMs = Number(values['test-seconds']) * 1000;
    const testsFor = (mutant: Mutant) =>
      survey.testsFor(mutant, testFilesOf(areaOf(mutant.file)), verdicts.noticesOf(mutant.file), maxMs);
    await trials.run(asked, testsFor, { isLast: true });
  } finally {
    await trials.stop();
  }
}

/** From here on a sample counts: code that changes takes remembered breaks out of it. */
const leastOfSample = 1 / 2;

/** How many breaks are drawn for each one of a sample that is remembered: not every break is noticed in its time. */
const drawnForOne = 3 / 2;

/** Ends with a sentence that says what to do. */
function refuse(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  if (values.remember && !isSample)
    return refuse('--remember draws a sample anew: say of how many, --sample 60.');
  const all = mutantsInCode();
  const selected = all.filter(
    ({ file }) =>
      file.includes(values.only) &&
      (values.area === undefined || values.area.includes(areaOf(file)?.name ?? '')),
  );
  const count = isSample ? Number(values.sample) * drawnForOne : values.draw;
  const sampled = count === undefined ? selected : sampleOf(selected, Number(count));
  // Without --remember it is the sample that was remembered: a change of other code brings no new breaks into it.
  const remembered = new Remembered();
  const chosen = !isSample
    ? sampled
    : values.remember
      ? sampled.filter(({ name }) => !(name in explained))
      : selected.filter(({ name }) => remembered.testsFor(name).length > 0);
  if (isSample && chosen.length < Number(values.sample) * leastOfSample) {
    return refuse(
      `Only ${chosen.length} of the remembered breaks fit the code as it is: draw the sample anew with --remember.`,
    );
  }
  if (chosen.length === 0) {
    const names = areas.map(({ name }) => name).join(', ');
    return refuse(`No break is chosen by --only "${values.only}" and --area. The areas: ${names}.`);
  }
  // A sample is tried anew each time.
  const verdicts = new Verdicts(isSample ? null : (values.results ?? join(artifacts, 'mutants.jsonl')));
  await tryAll(all, chosen, verdicts);

  const tried = chosen.flatMap((mutant) => {
    const verdict = verdicts.get(mutant.name);
    return verdict ? [{ mutant, verdict }] : [];
  });
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(join(artifacts, 'mutants.md'), reportOf(tried, explained));
  const unnoticed = tried.filter(({ verdict }) => verdict.noticedBy === null);
  console.log(
    `${tried.length} of ${chosen.length} breaks tried, ${tried.length - unnoticed.length} noticed. The report: artifacts/mutants.md`,
  );
  if (values.remember) new Remembered().write(tried, Number(values.sample));
  if (isSample && !values.remember && (unnoticed.length > 0 || tried.length < chosen.length))
    process.exitCode = 1;
}

await main();
