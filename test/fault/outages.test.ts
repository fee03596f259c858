import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { send } from '../support/http.ts';
import { startLogin, wait } from '../support/program.ts';
import type { ServiceProcess } from '../support/services.ts';

/** An outage has ended when nothing failed for this long. */
const quietMs = 3_000;

let stack: FaultStack;
beforeAll(async () => (stack = await FaultStack.open()));
afterAll(() => stack.close());

const linesOf = (service: ServiceProcess, words: string) =>
  service
    .output()
    .split('\n')
    .filter((line) => line.includes(words));

const timeOf = (line: string) => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '');

const metric = async ({ adminUrl }: ServiceProcess, series: string) => {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(series) && line.includes('service='))
      ?.split(' ')
      .at(-1),
  );
};

const faults: readonly {
  readonly reason: string;
  readonly word: RegExp;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
}[] = [
  {
    reason: 'oom',
    word: /OOM command not allowed/,
    begin: () => stack.client.call('CONFIG', 'SET', 'maxmemory', '1mb'),
    end: () => stack.client.call('CONFIG', 'SET', 'maxmemory', '0'),
  },
  {
    reason: 'noreplicas',
    word: /NOREPLICAS Not enough good replicas/,
    begin: () => stack.client.call('CONFIG', 'SET', 'min-replicas-to-write', '1'),
    end: () => stack.client.call('CONFIG', 'SET', 'min-replicas-to-write', '0'),
  },
];

// A test that failed leaves no outage to the next one.
afterEach(() => Promise.all(faults.map(({ end }) => end())));

test.each(faults)(
  'an outage by $reason is one warning with the word of Redis when it begins and one when it ends, a count, and what the issuer says of itself',
  async ({ reason, word, begin, end }) => {
    const [api] = stack.apis;
    const { issuer } = stack;
    const began = (service: ServiceProcess) =>
      linesOf(service, 'outage began').filter((line) => line.includes(`"reason":"${reason}"`));
    const ended = (service: ServiceProcess) =>
      linesOf(service, 'outage ended').filter((line) => line.includes(`"reason":"${reason}"`));
    await begin();
    for (let at = 0; at < 5; at++)
      expect((await send(`${api.url}/api/auth/device/`, { json: {} })).status).toBe(503);
    await eventually('the api tells it', () => began(api).length > 0);
    expect(began(api)[0]).toMatch(word);
    expect(await metric(api, `ravi_unavailable_total{reason="${reason}"`)).toBeGreaterThanOrEqual(5);
    await eventually('the gauge tells it', async () => {
      // Where nothing fails for three seconds, as on a busy machine, the outage has ended.
      await send(`${api.url}/api/auth/device/`, { json: {} });
      return (await metric(api, `ravi_outage{reason="${reason}"`)) === 1;
    });
    expect(
      await metric(api, 'ravi_http_requests_total{route="/api/auth/device",method="POST",status="503"'),
    ).toBeGreaterThanOrEqual(5);
    await eventually('the issuer is not ready, and says why', async () => {
      const answer = await fetch(`${issuer.adminUrl}/readyz`);
      return answer.status === 503 && word.test(await answer.text());
    });
    await eventually('the issuer tells it', () => began(issuer).length > 0);
    await end();
    await eventually('each end is logged', () =>
      [api, issuer].every((service) => ended(service).length === began(service).length),
    );
    for (const service of [api, issuer]) {
      const [begins, ends] = [began(service).map(timeOf), ended(service).map(timeOf)];
      expect(begins).toHaveLength(ends.length);
      // One of each, unless for so long nothing failed in between that it was another outage.
      const lastedMs = ends.map((endMs, at) => endMs - (begins[at] ?? 0));
      // By another clock, which rounds.
      for (const ms of lastedMs) expect(ms).toBeGreaterThanOrEqual(quietMs - 2);
      // Each tells in seconds how long something failed, and how often: together as often as is counted.
      const told = ended(service).map((line) => JSON.parse(line) as { seconds: number; failures: number });
      for (const [at, { seconds }] of told.entries()) {
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(((lastedMs[at] ?? 0) - quietMs) / 1000 + 0.1);
      }
      const failures = told.reduce((sum, line) => sum + line.failures, 0);
      expect(failures).toBe(await metric(service, `ravi_unavailable_total{reason="${reason}"`));
    }
    expect(await metric(api, `ravi_outage{reason="${reason}"`)).toBe(0);
    expect((await send(`${api.url}/api/auth/device/`, { json: {} })).status).toBe(200);
  },
);

test('an api and an issuer that start while Redis is full come up, the issuer says why it is not ready, and both serve once there is memory', async () => {
  const [full] = faults;
  await full?.begin();
  const starting = stack.stack.startIssuer();
  const api = await stack.stack.startApi();
  expect((await send(`${api.url}/api/auth/device/`, { json: {} })).status).toBe(503);
  await eventually('the new issuer says why', () => {
    const lines = stack.stack.output().split('\n');
    const began = lines.filter((line) => line.includes('"issuer"') && line.includes('outage began'));
    return new Set(began.map((line) => JSON.parse(line).instance)).size === 2;
  });
  await full?.end();
  const issuer = await starting;
  await stack.issuer.end('SIGKILL');
  const login = await startLogin(api.url);
  const waiting = wait(api.url, login.device_code);
  await stack.person.approve(api.url, login.user_code);
  expect((await waiting).status).toBe(200);
  expect(issuer.output()).toMatch(/"redis":"OOM [^"]*","msg":"outage began/);
});
