import { Registry } from '@ravi/telemetry';
import { serveApp } from '../../../../test/support/served-app.ts';
import { Problem } from './problem.ts';
import { RequestMetrics } from './request-metrics.ts';
import { jsonFormat } from './wire-format.ts';

/** All series of a registry that begin so, without the buckets, by name and labels. */
async function seriesOf(registry: Registry, name: string): Promise<ReadonlyMap<string, number>> {
  const lines = (await registry.metrics()).split('\n');
  return new Map(
    lines
      .filter((line) => line.startsWith(name) && !line.includes('_bucket'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

afterEach(() => jest.useRealTimers());

test('requests are counted by their route, whatever its parameters, and strangers add no series', async () => {
  const thrown: Readonly<Record<string, unknown>> = {
    away: new Error('Connection is closed.'),
    limited: new Problem('rate_limited', 'Too often.', { retryAfterSeconds: 1 }),
    wrong: new Problem('invalid_request', 'Wrong.'),
  };
  const app = await serveApp((routes) => {
    routes.call('/api/ask', async ({ reply }) => reply.send(200, '{}'), jsonFormat);
    routes.call('/api/fail', () => Promise.reject(new Error('a bug')), jsonFormat);
    routes.router.get('/page/:what', (ctx) =>
      Promise.reject(thrown[String(ctx.params['what'])] ?? new Error('a bug')),
    );
    routes.router.get('/moved', (ctx) => ctx.redirect('/elsewhere'));
  });
  const requests: readonly [string, string, string][] = [
    ['GET', '/moved', 'route="/moved",method="GET",status="3xx"'],
    ['HEAD', '/moved/?a=b', 'route="/moved",method="GET",status="3xx"'],
    ['GET', '/page/wrong', 'route="/page/:what",method="GET",status="4xx"'],
    ['GET', '/page/bug', 'route="/page/:what",method="GET",status="5xx"'],
    ['GET', '/page/away', 'route="/page/:what",method="GET",status="503"'],
    ['GET', '/page/limited', 'route="/page/:what",method="GET",status="429"'],
    ['POST', '/api/ask/', 'route="/api/ask",method="POST",status="2xx"'],
    ['POST', '/api/ask?x', 'route="/api/ask",method="POST",status="2xx"'],
    ['POST', '/api/fail', 'route="/api/fail",method="POST",status="5xx"'],
    ['POST', '/api/fail?x', 'route="/api/fail",method="POST",status="5xx"'],
    ['DELETE', '/api/ask', 'route="none",method="DELETE",status="4xx"'],
    ['PROPFIND', '/anything', 'route="none",method="other",status="4xx"'],
    ['HEAD', '/anything', 'route="none",method="GET",status="4xx"'],
  ];
  const counted = new Map<string, number>();
  for (const [method, path, labels] of requests) {
    // The series is there before anything is counted in it.
    expect(await app.requests(labels)).toBe(counted.get(labels) ?? 0);
    await (await fetch(app.url + path, { method, redirect: 'manual' })).text();
    counted.set(labels, (counted.get(labels) ?? 0) + 1);
    expect(await app.requests(labels)).toBe(counted.get(labels));
  }
  for (const labels of [
    'route="/anything",method="GET",status="4xx"',
    'route="none",method="PROPFIND",status="4xx"',
    'route="/moved",method="HEAD",status="3xx"',
  ])
    expect(await app.requests(labels)).toBeUndefined();
  await app.close();
});

test('every class of status of a known route has a series from the start', async () => {
  const registry = new Registry();
  new RequestMetrics(registry).expect([{ route: '/page', method: 'GET' }]);
  const series = await seriesOf(registry, 'ravi_http_requests_total{route="/page"');
  expect([...series]).toEqual(
    ['2xx', '3xx', '4xx', '429', '5xx', '503'].map((status) => [
      `ravi_http_requests_total{route="/page",method="GET",status="${status}"}`,
      0,
    ]),
  );
  expect(await seriesOf(registry, 'ravi_http_request_seconds_count{route="/page"')).toEqual(
    new Map([['ravi_http_request_seconds_count{route="/page",method="GET"}', 0]]),
  );
});

test('a request is timed in seconds; one that was held, in a histogram of its own', async () => {
  jest.useFakeTimers();
  const registry = new Registry();
  const metrics = new RequestMetrics(registry);
  const [plain, held] = [metrics.begin('POST', '/ask'), metrics.begin('POST', '/ask')];
  jest.advanceTimersByTime(1_500);
  plain.answered(200);
  jest.advanceTimersByTime(20_000);
  held.answered(200, true);
  const told = {
    ...Object.fromEntries(await seriesOf(registry, 'ravi_http_request_seconds_sum{route="/ask"')),
    ...Object.fromEntries(await seriesOf(registry, 'ravi_http_held_seconds_')),
  };
  expect(told).toEqual({
    'ravi_http_request_seconds_sum{route="/ask",method="POST"}': 1.5,
    ravi_http_held_seconds_sum: 21.5,
    ravi_http_held_seconds_count: 1,
  });
  const counted = await seriesOf(registry, 'ravi_http_requests_total{route="/ask"');
  expect([...counted.values()]).toEqual([2]);
});
