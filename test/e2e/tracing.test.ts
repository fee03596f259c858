import { createServer, type Server } from 'node:http';
import { boundPort } from '@ravi/runtime';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

/** A span as OTLP's JSON has it. */
interface WireSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}
interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const received: (WireSpan & { readonly service: string })[] = [];
let text = '';
let collector: Server;
let deployment: Deployment;
beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      text += body;
      const { resourceSpans } = JSON.parse(body) as WireTraces;
      for (const { resource, scopeSpans } of resourceSpans) {
        const service =
          resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
        for (const { spans } of scopeSpans) for (const span of spans) received.push({ ...span, service });
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  deployment = await deploy({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${boundPort(collector)}`,
    TRUSTED_PROXY_HOPS: '1',
  });
});
afterAll(async () => {
  await deployment.stop();
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

test("a login is one trace, from the program's request through approval, job and issuer to the answer, and no secret is in it", async () => {
  const [here, there] = deployment.urls;
  const person = await Person.signUp(here);
  const outer = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const headers = {
    traceparent: `00-${outer.traceId}-${outer.spanId}-01`,
    'x-request-id': 'from-the-proxy-1',
  };
  const started = await send<{ device_code: string; user_code: string }>(`${here}/api/auth/device/`, {
    json: {},
    headers,
  });
  expect(started.headers.get('x-request-id')).toBe('from-the-proxy-1');
  const { device_code: deviceCode, user_code: userCode } = started.body;
  const waiting = wait(there, deviceCode);
  await person.approve(here, userCode);
  const { status, text: answer } = await waiting;
  expect(status).toBe(200);
  const names = ['start', 'ask', 'approve', 'queue', 'issue', 'answer'].map((step) => `login ${step}`);
  await eventually('every step is at the collector', () =>
    names.every((name) => received.some((span) => span.name === name)),
  );
  const root = received.find(({ name }) => name === 'login start');
  expect(root?.parentSpanId ?? '').toBe('');
  expect(root?.links).toMatchObject([outer]);
  expect(new Set(received.map(({ traceId }) => traceId))).toEqual(new Set([root?.traceId]));
  const others = received.filter((span) => span !== root);
  expect(new Set(others.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([root?.spanId]));
  expect(received.find(({ name }) => name === 'login issue')?.service).toBe('ravi-issuer');
  for (const span of received)
    expect(Number(span.endTimeUnixNano)).toBeGreaterThanOrEqual(Number(span.startTimeUnixNano));
  const { access, management_key: key } = JSON.parse(answer) as Record<string, string>;
  for (const secret of [deviceCode, userCode, access, key]) expect(text).not.toContain(secret);
  const line = deployment.apis[0]
    .output()
    .split('\n')
    .find((one) => one.includes('login started'));
  expect(line).toContain(headers.traceparent);
  expect(line).toContain('"requestId":"from-the-proxy-1"');
});
