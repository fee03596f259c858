import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { send } from '../support/http.ts';
import { startLogin, wait } from '../support/program.ts';
import type { ServiceProcess } from '../support/services.ts';

let stack: FaultStack;
beforeAll(async () => (stack = await FaultStack.open()));
afterAll(() => stack.close());

const linesOf = (service: ServiceProcess, words: string) =>
  service
    .output()
    .split('\n')
    .filter((line) => line.includes(words));

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
    expect(await metric(api, `ravi_outage{reason="${reason}"`)).toBe(1);
    expect(
      await metric(api, 'ravi_http_requests_total{route="/api/auth/device",method="POST",status="503"'),
    ).toBeGreaterThanOrEqual(5);
    await eventually('the issuer is not ready, and says why', async () => {
      const answer = await fetch(`${issuer.adminUrl}/readyz`);
      return answer.status === 503 && word.test(await answer.text());
    });
    await eventually('the issuer tells it', () => began(issuer).length > 0);
    await end();
    await eventually('the end is logged', () => ended(api).length > 0 && ended(issuer).length > 0);
    expect([began(api), ended(api), began(issuer), ended(issuer)].map(({ length }) => length)).toEqual([
      1, 1, 1, 1,
    ]);
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
