import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTracing, traceOf, type Tracing } from './tracing.ts';

const root = join(import.meta.dirname, '../../..');

/**
 * Runs code in a process of its own. Resolves to which modules of OpenTelemetry were loaded there, besides its interfaces, which the
 * library of the metrics loads for itself.
 */
async function loadedBy(code: string): Promise<readonly string[]> {
  const watched = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    process.on('exit', () => console.log('\\n' + JSON.stringify(loaded.filter((url) => /@opentelemetry.(?!api.)/.test(url)))));
    ${code}`;
  const run = promisify(execFile)(
    process.execPath,
    ['--conditions=ravi-source', '--input-type=module', '--eval', watched],
    { cwd: root, env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production' } },
  );
  // A service without settings refuses to start.
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as readonly string[];
}

/** What is told of traces that get lost. */
const lines: unknown[] = [];
const logger = {
  warn: (...line: unknown[]) => void lines.push(line),
  info: (...line: unknown[]) => void lines.push(line),
};
beforeEach(() => void lines.splice(0));

const start = (endpoint: string) => `
  const { startTracing } = await import('@ravi/telemetry');
  const logger = { warn() {}, info() {} };
  await startTracing({ endpoint: ${endpoint}, ratio: 1, service: 'api', instance: 'test', logger });
  process.exit();`;

test('without a collector no module of OpenTelemetry is loaded, neither with the services nor by what starts tracing', async () => {
  const [off, api, issuer, on] = await Promise.all([
    loadedBy(start('undefined')),
    loadedBy("await import('./services/api/src/main.ts');"),
    loadedBy("await import('./services/issuer/src/main.ts');"),
    loadedBy(start("'http://127.0.0.1:1'")),
  ]);
  expect([off, api, issuer]).toEqual([[], [], []]);
  expect(on.length).toBeGreaterThan(0);
});

test('without a collector nothing is recorded', async () => {
  const options = { endpoint: undefined, ratio: 1, service: 'api', instance: 'one', logger };
  expect(await startTracing(options)).toBeNull();
});

/** A span as OTLP's JSON has it. */
interface WireSpan {
  readonly name: string;
  readonly spanId: string;
  readonly [field: string]: unknown;
}
interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly value: { readonly stringValue: string } }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

/** The spans that reach a collector, with the values of their resources, of the steps that are told. */
async function collected(
  tell: (tracing: Tracing | null) => void,
  ratio = 1,
): Promise<readonly (WireSpan & { readonly from: readonly string[] })[]> {
  const spans: (WireSpan & { readonly from: readonly string[] })[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      for (const { resource, scopeSpans } of (JSON.parse(body) as WireTraces).resourceSpans) {
        const from = resource.attributes.map(({ value }) => value.stringValue);
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push({ ...span, from });
      }
      response.writeHead(request.url === '/v1/traces' ? 200 : 404, { connection: 'close' }).end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`;
  const tracing = await startTracing({ endpoint, ratio, service: 'api', instance: 'one', logger });
  tell(tracing);
  await tracing?.close();
  collector.close();
  await once(collector, 'close');
  return spans;
}

/** That a context came from another process, in the flags of OTLP. */
const known = 0x100;
const remote = 0x200;
const sampled = 0x1;

test('the steps of a login are one trace, whose first span is the start, in whichever process the others happen', async () => {
  const outer = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const root = traceOf('a-login');
  const beganAtMs = Date.UTC(2026, 0, 1);
  const spans = await collected((tracing) => {
    tracing?.step('issue', 'a-login', { beganAtMs: beganAtMs + 2_000 });
    tracing?.step('start', 'a-login', {
      beganAtMs,
      endedAtMs: beganAtMs + 250,
      attributes: { outcome: 'started' },
      traceparent: `00-${outer.traceId}-${outer.spanId}-01`,
    });
  });
  expect(spans.map(({ name }) => name)).toEqual(['login issue', 'login start']);
  const [issue, start] = spans;
  expect(start).toMatchObject({
    ...root,
    startTimeUnixNano: `${beganAtMs}000000`,
    endTimeUnixNano: `${beganAtMs + 250}000000`,
    flags: sampled | known,
    attributes: [
      { key: 'ravi.login_id', value: { stringValue: 'a-login' } },
      { key: 'outcome', value: { stringValue: 'started' } },
    ],
    links: [{ ...outer, flags: sampled | known | remote }],
    from: expect.arrayContaining(['ravi-api', 'one']),
  });
  expect(start).not.toHaveProperty('parentSpanId');
  expect(issue).toMatchObject({
    traceId: root.traceId,
    parentSpanId: root.spanId,
    startTimeUnixNano: `${beganAtMs + 2_000}000000`,
    flags: sampled | known | remote,
    links: [],
  });
  expect(issue?.spanId).not.toBe(root.spanId);
});

test.each([undefined, '', 'words', `00-${'a'.repeat(31)}-${'b'.repeat(16)}-01`])(
  'a step whose request says that it belongs to %j is linked to nothing',
  async (traceparent) => {
    const spans = await collected((tracing) =>
      tracing?.step('start', 'a-login', { beganAtMs: Date.UTC(2026, 0, 1), traceparent }),
    );
    expect(spans).toMatchObject([{ name: 'login start', links: [] }]);
  },
);

test('a share of none records nothing', async () => {
  const step = (tracing: Tracing | null) =>
    tracing?.step('start', 'a-login', { beganAtMs: Date.UTC(2026, 0, 1) });
  expect(await collected(step, 0)).toEqual([]);
});

test('a collector that does not take the traces is told of, when they are lost', async () => {
  const collector = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(404, { connection: 'close' }).end());
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const tracing = await startTracing({ endpoint, ratio: 1, service: 'api', instance: 'one', logger });
  tracing?.step('start', 'a-login', { beganAtMs: Date.UTC(2026, 0, 1) });
  await expect(tracing?.close()).rejects.toThrow('Not Found');
  expect(lines).toEqual([
    [{ reason: expect.any(String) }, 'traces are lost: the collector does not take them'],
  ]);
  collector.close();
  await once(collector, 'close');
});
