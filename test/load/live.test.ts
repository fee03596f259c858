import { request } from 'node:http';
import { LivePage } from '../../tools/load/live/live-page.ts';
import { sparkline } from '../../tools/load/live/sparkline.ts';
import { TerminalView } from '../../tools/load/live/terminal-view.ts';
import { Latencies } from '../../tools/load/measuring/latencies.ts';
import { Ledger } from '../../tools/load/measuring/ledger.ts';
import type { LoadResult } from '../../tools/load/measuring/load-result.ts';
import { resultSoFar } from '../../tools/load/measuring/make-result.ts';
import { parseOptions } from '../../tools/load/options.ts';
import { type TimelineSample, Watch } from '../../tools/load/processes/watch.ts';
import { reportContent } from '../../tools/load/report/html-report.ts';
import { textSummary } from '../../tools/load/report/text-summary.ts';

/** Samples of a run with four logins a second; a login takes as many milliseconds as seconds have passed. */
function samplesOf(count: number): TimelineSample[] {
  return Array.from({ length: count }, (_, index) => ({
    atMs: 1_000_000 + index * 250,
    waiting: 7,
    done: index,
    faults: 2,
    latencies: { 'approval sent to answer': { count: 1, p50: index / 4, p99: index / 2 } },
    servers: [{ name: 'api 1', rssBytes: 90e6, cpuSeconds: 1 }],
  }));
}

function shown(isTTY: boolean, count: number): string {
  let text = '';
  const view = new TerminalView('logins', { isTTY, columns: 100, write: (more: string) => (text += more) });
  for (const sample of samplesOf(count)) view.show(sample);
  return text;
}

test('a terminal shows the pace, the latency, who waits, errors and how they went, in lines that are overwritten', () => {
  const text = shown(true, 41);
  const last = text.slice(text.lastIndexOf('\u001B[4A'));
  expect(last).toContain('10.0 s  7 waiting  40 logins  2 errors');
  expect(last).toMatch(/pace +4\/s {2}█{10}/);
  expect(last).toMatch(/approval sent to answer +p50 10\.0 {2}p99 20\.0 ms {2}▂▂▃▄▄▅▆▆▇██/);
  expect(last).toContain('api 1 90 MB');
});

test('where there is no terminal, a plain line comes every five seconds', () => {
  expect(shown(false, 41).split('\n')).toEqual([
    '    4.8 s  7 waiting  19 logins  4/s  approval sent to answer p50 4.8  p99 9.5 ms  2 errors  api 1 90 MB',
    '    9.8 s  7 waiting  39 logins  4/s  approval sent to answer p50 9.8  p99 19.5 ms  2 errors  api 1 90 MB',
    '',
  ]);
});

test('a sparkline is as high as its highest number, and flat for nothing', () => {
  expect(sparkline([0, 1, 2, 4])).toBe('▁▃▅█');
  expect(sparkline([0, 0])).toBe('▁▁');
  expect(sparkline([])).toBe('');
});

test('what two workers report is one sample: sums, and the latencies since the last one; a long pause is marked', () => {
  const watch = new Watch();
  const report = (worker: number, done: number, ms: number, lateMs: number) => {
    const latencies = new Latencies();
    latencies.record('start', ms);
    const { counts } = new Ledger().tally();
    const progress = {
      sample: { atMs: 0, waiting: 1, done },
      counts: { ...counts, failed: 1 },
      latencies: latencies.takeRecent(),
      lateMs,
    };
    watch.take(worker, progress);
  };
  report(0, 3, 10, 0);
  report(1, 4, 30, 0);
  expect(watch.sample([])).toMatchObject({
    waiting: 2,
    done: 7,
    faults: 2,
    latencies: { start: { count: 2 } },
  });
  report(0, 5, 50, 800);
  expect(watch.sample([])).toMatchObject({ done: 9, latencies: { start: { count: 1 } } });
  expect(watch.sample([]).latencies).toEqual({});
  expect(watch.latencies.summaries()['start']).toMatchObject({ count: 3 });
  expect(watch.pauses.map(({ label }) => label)).toEqual(['load generator stood still for 0.8 s']);
});

function soFar(done: number): LoadResult {
  const options = parseOptions(['login', '--stack'], undefined);
  if (options === null) throw new Error('no options');
  const about = { options, target: 'http://here/<b>', startedAt: new Date(0), processes: 1 };
  const watch = new Watch();
  return resultSoFar(about, { watch, phases: [], timeline: samplesOf(done + 1) }, [
    { atMs: 1_001_000, label: 'killed api 2' },
  ]);
}

test('the report says of a long run what its points are made of, and of a load of other machines that this one made none', () => {
  const latencies = new Latencies();
  latencies.record('approval sent to answer', 10);
  const report = (samples: number, options: LoadResult['options']) => {
    const timeline = samplesOf(samples);
    return reportContent({ ...soFar(1), timeline, latencies: latencies.summaries(), options }, null);
  };
  expect(report(41, {})).toMatch(/driven from[^]*>p50<\/span>[^]*>p99<\/span>/);
  expect(report(961, { machines: '10.0.0.7:7070' })).toMatch(
    /coordinated from[^]*>p50, mean of 1\.25 s<\/span>[^]*>p99, highest of 1\.25 s<\/span>/,
  );
});

test('the summary says what to set where the target limits its callers, or the approver may not approve', () => {
  const failed = (why: string) => {
    const { tally, ...rest } = soFar(1);
    const fault = { login: 'BCDF-GHJK', why };
    return textSummary({ ...rest, tally: { ...tally, faults: { ...tally.faults, failed: [fault] } } });
  };
  expect(failed('approve: 429 {"detail":"Too many"}')).toContain('start it with RATE_LIMITS=off');
  for (const status of ['401', '403'])
    expect(failed(`approve: ${status} {"detail":"Sign in again"}`)).toContain(
      'Raise REAUTHENTICATE_AFTER_SECONDS and SESSION_MAX_SECONDS',
    );
  expect(failed('start: 500 {}')).not.toMatch(/RATE_LIMITS|REAUTHENTICATE/);
});

describe('the live page', () => {
  let page: LivePage;
  beforeEach(async () => (page = await LivePage.open(0, null)));
  afterEach(() => page.end(null));

  test('shows the run so far, then each frame, and as the last one the report', async () => {
    expect(await (await fetch(page.url)).text()).toContain('The run is being prepared.');
    page.show(() => soFar(40));
    const first = await fetch(page.url);
    expect(first.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; .*script-src 'sha256-/,
    );
    const html = await first.text();
    expect(html).toContain('40 logins in 9.8 s, 4 a second.');
    expect(html).toContain('Still running. No login was lost or doubled.');
    expect(html).toContain('<title>killed api 2</title>');
    expect(html).toContain('http://here/&#60;b&#62;');
    const frames = await fetch(`${page.url}/frames`);
    page.show(() => soFar(80));
    const result = { ...soFar(100), running: false };
    await page.end(result);
    const events = (await frames.text()).trim().split('\n\n');
    const [before = '', last = '', end = ''] = events.slice(-3);
    expect(before).toContain('80 logins in');
    expect(last).toBe(`event: frame\ndata: ${JSON.stringify(reportContent(result, null))}`);
    expect(end).toBe('event: end\ndata: 0');
  });

  test('a name of another site that leads here gets nothing, and neither does another method or path', async () => {
    const port = Number(new URL(page.url).port);
    const status = (path: string, method: string, host: string) =>
      new Promise((resolve) => {
        request({ port, host: '127.0.0.1', path, method, headers: { host } }, (response) =>
          resolve(response.resume().statusCode),
        ).end();
      });
    expect(await status('/', 'GET', `evil.example:${port}`)).toBe(421);
    expect(await status('/', 'POST', `127.0.0.1:${port}`)).toBe(405);
    expect(await status('/etc/passwd', 'GET', `localhost:${port}`)).toBe(404);
    expect(await status('/', 'GET', `localhost:${port}`)).toBe(200);
  });

  test('a port that another program has is told before the run', async () => {
    await expect(LivePage.open(Number(new URL(page.url).port), null)).rejects.toThrow(
      /^--live: port \d+ cannot be used \(EADDRINUSE\)\.$/,
    );
  });
});
