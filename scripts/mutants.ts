/**
 * Breaks the code in one small way at a time, and tells which breaks no test noticed.
 *
 *     npm run mutants                          all of them, against tests of processes too: many hours
 *     npm run mutants -- --quick               all of them, against tests of modules and scripts alone
 *     npm run mutants -- --sample 60           a fixed sample of them: fails when too many are not noticed
 *     npm run mutants -- --only settle.lua     those of files whose path has these words
 *
 * The report is in artifacts/mutants.md.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { parseArgs } from 'node:util';
import { luaMutants } from './mutants/lua-mutants.ts';
import { type Mutant, nameOf, sampleOf } from './mutants/mutant.ts';
import { type Area, areaOf, areas } from './mutants/own-tests.ts';
import { reportOf, type Verdict } from './mutants/report.ts';
import { typescriptMutants } from './mutants/typescript-mutants.ts';
import { Workspace } from './mutants/workspace.ts';
import { root } from './setup/root.mjs';

/** The least share of a sample that the tests have to notice. */
const leastNoticed = 0.9;

const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
  },
});

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const isSample = values.sample !== undefined;
const withSlowTests = !isSample && !values.quick;

function allMutants(): readonly Mutant[] {
  const files = globSync('{packages,services}/*/src/**/*.{ts,lua}', { cwd: root }).toSorted();
  return files
    .filter((file) => areaOf(file) !== undefined && file.includes(values.only))
    .flatMap((file) => (file.endsWith('.lua') ? luaMutants : typescriptMutants)(file, read(file)));
}

const allTests = globSync('{packages,services,test}/**/*.test.ts', {
  cwd: root,
  exclude: ['**/node_modules'],
});
const named = (patterns: readonly string[]) =>
  allTests.filter((test) => patterns.some((pattern) => matchesGlob(test, pattern)));

/** The tests of an area that are run here, those that are quick first. */
function testsOf({ quick, slow }: Area): readonly (readonly string[])[] {
  return [named(quick), withSlowTests ? named(slow) : []].filter((tests) => tests.length > 0);
}

/** Whether one of the groups of tests notices it. */
async function isNoticed(workspace: Workspace, mutant: Mutant, groups: readonly (readonly string[])[]) {
  workspace.write(mutant.file, mutant.source);
  try {
    for (const tests of groups) if (!(await workspace.passes(tests))) return true;
    return false;
  } finally {
    workspace.write(mutant.file, read(mutant.file));
  }
}

async function main(): Promise<void> {
  const testable = allMutants().filter(({ file }) => {
    const area = areaOf(file);
    return area !== undefined && testsOf(area).length > 0;
  });
  const chosen = isSample ? sampleOf(testable, Number(values.sample)) : testable;
  const workspaces = Array.from({ length: Number(values.workers) }, () => new Workspace());
  try {
    const used = areas.filter((area) => chosen.some(({ file }) => areaOf(file) === area));
    for (const area of used) {
      if (!(await workspaces[0]?.passes(testsOf(area).flat())))
        throw new Error(`Tests of ${area.name} fail without any break: run them, and mend that first.`);
    }
    const left = [...chosen];
    const verdicts: Verdict[] = [];
    const work = async (workspace: Workspace) => {
      for (let mutant = left.shift(); mutant; mutant = left.shift()) {
        const area = areaOf(mutant.file);
        const noticed = area !== undefined && (await isNoticed(workspace, mutant, testsOf(area)));
        verdicts.push({ mutant, area: area?.name ?? '', noticed });
        if (!noticed) console.log(`not noticed: ${mutant.file}:${mutant.line} ${nameOf(mutant)}`);
      }
    };
    await Promise.all(workspaces.map(work));
    mkdirSync(join(root, 'artifacts'), { recursive: true });
    writeFileSync(join(root, 'artifacts/mutants.md'), reportOf(verdicts));
    const share = verdicts.filter(({ noticed }) => noticed).length / Math.max(1, verdicts.length);
    console.log(
      `${verdicts.length} breaks, ${(share * 100).toFixed(0)}% noticed. The report: artifacts/mutants.md`,
    );
    if (isSample && share < leastNoticed) process.exitCode = 1;
  } finally {
    for (const workspace of workspaces) workspace.remove();
  }
}

await main();
