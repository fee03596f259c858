import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SharedDeployment, shareDeployment } from '../support/shared-deployment.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const rules = read('deploy/prometheus/rules.yml');
const dashboard = read('deploy/grafana/ravi.json');
const expressions = [
  ...rules.matchAll(/^ +expr: '(.*)'$/gm),
  ...Array.from(dashboard.matchAll(/"expr": "(.*)"/g)).filter(([, text = '']) => !text.startsWith('ALERTS')),
].map(([, text = '']) => text.replaceAll("''", "'").replaceAll('\\"', '"'));

let deployment: SharedDeployment;
beforeAll(async () => (deployment = await shareDeployment()));
afterAll(() => deployment.stop());

/** The series that a process tells, without their values. */
async function seriesOf(adminUrl: string): Promise<readonly string[]> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** Whether a series has the name and labels of a selector such as `ravi_outage{reason=~"oom|busy"}`. */
function selects(name: string, matchers: string, series: string): boolean {
  if (!series.startsWith(`${name}{`)) return false;
  return Array.from(matchers.matchAll(/(\w+)(=~?)"([^"]*)"/g)).every(([, label, , value]) =>
    new RegExp(`[{,]${label}="(${value})"`).test(series),
  );
}

test('every series that an alert or the dashboard asks for is there from the start', async () => {
  const processes = [...deployment.apis, deployment.issuer];
  const series = (await Promise.all(processes.map(({ adminUrl }) => seriesOf(adminUrl)))).flat();
  const missing = expressions.flatMap((expression) =>
    Array.from(expression.matchAll(/\b((?:ravi|process|nodejs)_\w+)(?:\{([^}]*)\})?/g))
      .filter(([, name = '', matchers = '']) => !series.some((one) => selects(name, matchers, one)))
      .map(([selector]) => selector),
  );
  expect(expressions.length).toBeGreaterThan(60);
  expect(missing).toEqual([]);
});

test('every metric of ours has a place on the dashboard', async () => {
  const names = new Set<string>();
  for (const { adminUrl } of [...deployment.apis, deployment.issuer]) {
    const text = await (await fetch(`${adminUrl}/metrics`)).text();
    for (const [, name = ''] of text.matchAll(/^# TYPE (ravi_\w+)/gm)) names.add(name);
  }
  expect([...names].filter((name) => !dashboard.includes(name))).toEqual([]);
});

/** The metrics that the operators’ page says this service tells, such as `ravi_outage{reason}`. */
function documentedOf(service: 'api' | 'issuer'): readonly string[] {
  const rows = read('docs/operations.md').matchAll(/^\| ((?:`[^`|]*`,? *)+)\| (api|issuer|both) +\| /gm);
  return Array.from(rows)
    .filter(([, , from]) => from === service || from === 'both')
    .flatMap(([, names = '']) => namesIn(names));
}

/** The names in a cell such as `` `ravi_logins_started_total`, `…_denied_total` ``: the second begins as the first. */
function namesIn(cell: string): readonly string[] {
  const names = Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
  const words = (names[0] ?? '').split('_');
  return names.map((name) => {
    const [start, ...end] = name.split('_');
    return start === '…' ? words.slice(0, -end.length).concat(end).join('_') : name;
  });
}

/** The metrics that a process tells, with the names of their labels. */
async function servedOf(adminUrl: string): Promise<readonly string[]> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Array.from(text.matchAll(/^# TYPE (\w+) /gm), ([, name = '']) => {
    const [, labels = ''] = new RegExp(`^${name}(?:_bucket)?\\{(.*)\\} `, 'm').exec(text) ?? [];
    const own = Array.from(labels.matchAll(/(\w+)="/g), ([, label = '']) => label).filter(
      (label) => label !== 'service' && label !== 'le',
    );
    return own.length > 0 ? `${name}{${own.join(',')}}` : name;
  });
}

/** A metric with its labels in one order. */
const inOrder = (metric: string) =>
  metric.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').toSorted().join(',')}}`);

test.each(['api', 'issuer'] as const)(
  'the operators’ page names each metric of ours that an %s tells, with its labels, and none that it does not tell',
  async (service) => {
    const { adminUrl } = service === 'api' ? deployment.apis[0] : deployment.issuer;
    const served = (await servedOf(adminUrl)).map(inOrder);
    const documented = documentedOf(service).map(inOrder);
    const ours = (names: readonly string[]) => names.filter((name) => name.startsWith('ravi_')).toSorted();
    expect(documented.length).toBeGreaterThan(20);
    expect(ours(documented)).toEqual(ours(served));
    // Of those of the run-time, it names a few.
    expect(documented.filter((name) => !served.includes(name))).toEqual([]);
  },
);

test('every alert has a page that says what to do, and a course on which it fires', () => {
  const alerts = Array.from(rules.matchAll(/- alert: (\w+)/g), ([, name]) => name);
  const page = read('docs/alerts.md');
  const courses = read('deploy/prometheus/rules.test.yml');
  const untold = alerts.filter((name) => !page.includes(`\n## ${name}\n`));
  const unshown = alerts.filter(
    (name) => !new RegExp(`alertname: ${name}\\n +exp_alerts:\\n +- exp_labels`).test(courses),
  );
  expect([alerts.length > 20, untold, unshown]).toEqual([true, [], []]);
});

const describeWithPromtool = spawnSync('promtool', ['--version']).status === 0 ? describe : describe.skip;

describeWithPromtool('Prometheus itself (needs promtool)', () => {
  test('fires each alert on its course, and none where all is well', async () => {
    const cwd = join(root, 'deploy/prometheus');
    const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', 'rules.test.yml'], { cwd });
    expect(stdout).toContain('SUCCESS');
  });
});
