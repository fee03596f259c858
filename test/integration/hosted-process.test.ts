import { join } from 'node:path';
import { killChild } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { endHosted, keepHosted, runHosted } from '../support/hosted-process.ts';
import { endOfService, PrintedLines } from '../support/printed-lines.ts';
import { SpawnedService } from '../support/spawned-service.ts';

const main = join(import.meta.dirname, '../support/sample-service.ts');

/** Runs it until it has said its name some times. */
async function run(name: string, env: Readonly<Record<string, string>>) {
  const child = runHosted(main, { NAME: name, ...env });
  if (!child.stdout || !child.stderr) throw new Error('Nothing reads what it prints.');
  const printed = new PrintedLines(child.stdout);
  const errors = new PrintedLines(child.stderr);
  await eventually('it runs', () => printed.text.split(`${name}\n`).length > 10);
  const end = async () => {
    endHosted(child, endOfService);
    await Promise.all([printed.ended, errors.ended]);
    for (const lines of [printed, errors]) lines.leave();
    return printed.text.split('\n');
  };
  return { child, end };
}

test('a service in a process that ran another has its own settings, and no line of the other is among its own', async () => {
  const first = await run('first', { ONE: '1' });
  const ofFirst = await first.end();
  keepHosted(main, first.child);
  const second = await run('second', { TWO: '2' });
  const ofSecond = await second.end();
  expect(second.child.pid).toBe(first.child.pid);
  await killChild(second.child);
  expect([ofFirst[0], ofSecond[0]]).toEqual(['first got ONE', 'second got TWO']);
  expect([ofFirst.at(-2), ofSecond.at(-2)]).toEqual(['first ends', 'second ends']);
  expect(ofSecond.filter((line) => line.includes('first'))).toEqual([]);
});

test('a process that ended while it waited runs no service again, and whoever still asks hears that all is read', async () => {
  const first = await run('first', {});
  await first.end();
  keepHosted(main, first.child);
  await killChild(first.child);
  await eventually('nothing comes from it any more', () => first.child.stdout?.closed);
  const second = await run('second', {});
  expect(second.child.pid).not.toBe(first.child.pid);
  await killChild(second.child);
  if (!first.child.stdout) throw new Error('Nothing reads what it prints.');
  await new PrintedLines(first.child.stdout).ended;
});

test('a service that is given back twice at once leaves its process to one other, which nobody freezes in its place', async () => {
  const service = new SpawnedService(runHosted(main, { NAME: 'given' }), 'read', main);
  await eventually('it runs', () => service.output().includes('given\n'));
  service.listensOn({ port: 1, adminPort: 2 });
  const { pid } = service;
  await Promise.all([service.giveBack(), service.giveBack()]);
  service.freeze();
  const [one, other] = [await run('one', {}), await run('other', {})];
  await Promise.all([killChild(one.child), killChild(other.child)]);
  expect([one.child.pid, other.child.pid].filter((its) => its === pid)).toEqual([pid]);
});
