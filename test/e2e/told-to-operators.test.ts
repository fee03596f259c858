import { createServer, type Server } from 'node:http';
import type { DeviceCodeResponse } from '@ravi/contract';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { linesOf as lines } from '../support/log-lines.ts';
import { call } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { loginIdIn, loginKeyOf, poll, startLogin, wait } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';
import { endOf } from '../support/stack.ts';

/** What a process tells: a number for each series, such as `ravi_issuance_total{outcome="issued"}`. */
type Figures = ReadonlyMap<string, number>;

let redis: TestRedis;
let client: Redis;
let stack: TestStack;
let api: ServiceProcess;
let issuer: ServiceProcess;
let receiver: Server;
let stackBeganMs: number;
const posted: string[] = [];
const askedFor: string[] = [];
/** What the receiver does with the next deliveries; it answers all others with 200. */
const answers: (number | 'silence')[] = [307, 'silence', 500];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    askedFor.push(request.url ?? '');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = answers.shift() ?? 200;
      if (answer === 'silence') return;
      if (answer === 200) {
        const { type } = JSON.parse(Buffer.concat(chunks).toString()) as { type: string };
        posted.push(type);
      }
      response.writeHead(answer, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : 0;
  redis = await startRedis();
  client = new Redis(redis.url);
  stackBeganMs = Date.now();
  stack = new TestStack(redis.url, {
    AUDIT_MAX_EVENTS: '4321',
    WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
    WEBHOOK_SECRET: `whsec_${Buffer.from('a secret for tests, 32 bytes long').toString('base64')}`,
    WEBHOOK_EVENTS: 'approved,denied',
    MAX_HELD_WAITS: '2',
    TRUSTED_PROXY_HOPS: '1',
    NUMBER_MATCHING: 'other-network',
    START_NETWORKS: '127.0.0.0/8,198.51.100.0/24',
    WRONG_CODES_ALARM: '2',
    // Requests stay held for as long as the test takes.
    LONG_POLL_DEFAULT_SECONDS: '100',
  });
  issuer = await stack.startIssuer({ LOG_LEVEL: 'debug' });
  api = await stack.startApi({ LOG_LEVEL: 'debug' });
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  client.disconnect();
  await endOf(stack, redis);
});

async function figuresOf({ adminUrl }: ServiceProcess): Promise<Figures> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const series = Array.from(
    text.matchAll(/^(ravi_\w+)(?:\{(.*)\})? (\S+)$/gm),
    ([, name, labels = '', value]) => {
      const own = labels.split(',').filter((label) => label !== '' && !label.startsWith('service='));
      return [own.length > 0 ? `${name}{${own.toSorted().join(',')}}` : `${name}`, Number(value)] as const;
    },
  );
  return new Map(series);
}

/** Resolves once a process tells these figures. */
async function tells(process: ServiceProcess, wanted: Readonly<Record<string, number>>): Promise<Figures> {
  let figures: Figures = new Map();
  const told = () => Object.fromEntries(Object.keys(wanted).map((series) => [series, figures.get(series)]));
  await eventually('the figures are told', async () => {
    figures = await figuresOf(process);
    return Object.entries(wanted).every(([series, value]) => figures.get(series) === value);
  }).catch(() => undefined);
  expect(told()).toEqual(wanted);
  return figures;
}

const startFrom = (address: string, at = api) =>
  send<DeviceCodeResponse>(`${at.url}/api/auth/device/`, { headers: { 'x-forwarded-for': address } });

/** An account of which Redis holds an identity that is none: nobody foresaw that. */
const breakAccount = ({ user }: Person) =>
  client.hset(`ravi:account:${user.id}`, 'identity:broken', 'broken');
const mendAccount = ({ user }: Person) => client.hdel(`ravi:account:${user.id}`, 'identity:broken');

/** The figures after the flow below, in a stack that has done nothing else. */
const counted: Readonly<Record<'api' | 'issuer', Readonly<Record<string, number>>>> = {
  api: {
    ravi_logins_started_total: 7,
    ravi_logins_approved_total: 3,
    ravi_logins_denied_total: 3,
    ravi_logins_expired_total: 1,
    ravi_logins_redeemed_total: 2,
    ravi_approval_to_answer_seconds_count: 2,
    ravi_http_held_seconds_count: 4,
    'ravi_starts_refused_total{reason="network"}': 1,
    'ravi_starts_refused_total{reason="off"}': 0,
    'ravi_starts_refused_total{reason="address"}': 0,
    'ravi_starts_refused_total{reason="total"}': 0,
    ravi_wrong_codes_total: 3,
    ravi_guessing_alarms_total: 1,
    ravi_wrong_numbers_total: 1,
    ravi_records_unreplicated_total: 0,
    ravi_held_waits: 0,
    ravi_held_waits_limit: 2,
    ravi_ready: 1,
    ravi_watched_pages: 0,
    'ravi_http_requests_total{method="POST",route="/api/auth/signup",status="2xx"}': 1,
    'ravi_http_requests_total{method="POST",route="/api/auth/device",status="2xx"}': 7,
    'ravi_http_requests_total{method="POST",route="/api/auth/device",status="4xx"}': 1,
    'ravi_http_requests_total{method="GET",route="none",status="4xx"}': 1,
    'ravi_http_requests_total{method="GET",route="/api/identities",status="5xx"}': 1,
    'ravi_http_request_seconds_count{method="POST",route="/api/auth/signup"}': 1,
    'ravi_queue_jobs{state="retrying"}': 0,
    ravi_audit_dropped_total: 0,
    ravi_audit_left_out_total: 0,
    ravi_audit_waiting: 0,
    ravi_log_lines_dropped_total: 0,
    'ravi_redis_connection_losses_total{connection="commands"}': 0,
    'ravi_redis_connected{connection="commands"}': 1,
    'ravi_outage{reason="connection"}': 0,
    'ravi_unavailable_total{reason="connection"}': 0,
  },
  issuer: {
    ravi_ready: 1,
    'ravi_issuance_total{outcome="issued"}': 2,
    'ravi_issuance_total{outcome="minted"}': 2,
    'ravi_issuance_total{outcome="aborted"}': 1,
    ravi_logins_aborted_total: 1,
    // Three approvals and three denials; of the first attempts one is sent elsewhere, one gets no answer, one fails.
    'ravi_deliveries_total{kind="webhook",outcome="delivered"}': 6,
    'ravi_deliveries_total{kind="webhook",outcome="failed"}': 3,
    'ravi_deliveries_total{kind="webhook",outcome="dead"}': 0,
    'ravi_deliveries_total{kind="mail",outcome="delivered"}': 0,
    'ravi_delivery_lag_seconds{kind="webhook"}': 0,
    'ravi_delivery_lag_seconds{kind="mail"}': 0,
    ravi_audit_events_limit: 4321,
  },
};

/** Figures for which the flow expects a range instead of a number. */
const bounded = [
  'ravi_audit_events',
  'ravi_build_info',
  'ravi_clock_skew_seconds',
  'ravi_issuance_retries_total',
  'ravi_queue_oldest_job_seconds',
  'ravi_redis_latency_seconds',
  'ravi_signing_key_age_seconds',
];

test('each metric moves by what happened, in its unit; lines of the log have their fields; the webhook posts what it is to, once it is taken', async () => {
  const person = await Person.signUp(api.url);

  // Held, approved, collected; and in between no place for a third.
  const held = await startLogin(api.url, 'a program');
  const denied = await startLogin(api.url);
  const third = await startLogin(api.url);
  const beganMs = performance.now();
  const [collected, refused] = [held, denied].map(({ device_code }) => wait(api.url, device_code));
  await tells(api, { ravi_held_waits: 2 });
  const heldMs = performance.now();
  const turnedAway = await wait(api.url, third.device_code);
  expect([turnedAway.body.error, turnedAway.headers.get('retry-after')]).toEqual([
    'authorization_pending',
    '5',
  ]);
  const approvedMs = performance.now();
  await person.approve(api.url, held.user_code);
  const credentials = (await collected)?.body;
  const figures = await tells(api, {
    ravi_held_waits: 1,
    ravi_logins_redeemed_total: 1,
    ravi_http_held_seconds_count: 1,
  });
  // The api measures an answer once it is written: the program may have it a moment before.
  const toldMs = performance.now();
  const waited = figures.get('ravi_approval_to_answer_seconds_sum') ?? 0;
  expect(waited).toBeGreaterThan(0);
  expect(waited).toBeLessThanOrEqual((toldMs - approvedMs + 1) / 1000);
  const heldFor = figures.get('ravi_http_held_seconds_sum') ?? 0;
  expect(heldFor).toBeGreaterThanOrEqual((approvedMs - heldMs) / 1000);
  expect(heldFor).toBeLessThanOrEqual((toldMs - beganMs) / 1000);
  // There is a place again.
  const last = wait(api.url, third.device_code);
  await tells(api, { ravi_held_waits: 2 });
  for (const { user_code } of [denied, third]) await person.deny(api.url, user_code);
  for (const answer of [await refused, await last]) expect(answer?.body.error).toBe('access_denied');

  // The first event is delivered after it was redirected once and got no answer once.
  const lag = await eventually('the lag of the webhook is told', async () => {
    const seconds = (await figuresOf(issuer)).get('ravi_delivery_lag_seconds{kind="webhook"}');
    return seconds !== 0 && seconds;
  });
  expect(lag).toBeLessThanOrEqual((performance.now() - approvedMs) / 1000 + 1);

  // A refresh and a key.
  const { refresh = '', access = '' } = credentials ?? {};
  const refreshed = await send<{ refresh: string }>(`${api.url}/api/auth/token/refresh/`, {
    json: { refresh },
  });
  expect(refreshed.status).toBe(200);
  expect((await call('POST', `${api.url}/api/auth/keys/management/`, access)).status).toBe(201);

  // Expired, refused at its start, guessed at, of another number, nowhere.
  const late = await startLogin(api.url);
  await client.hset(loginKeyOf(late.device_code), 'expires_at', Date.now() - 1);
  expect((await poll(api.url, late.device_code)).body.error).toBe('expired_token');
  expect((await startFrom('203.0.113.1')).status).toBe(403);
  for (const code of ['BCDF-GHJK', 'BCDF-GHJL', 'BCDF-GHJM']) {
    expect((await person.approve(api.url, code)).status).toBe(404);
  }
  const elsewhere = (await startFrom('198.51.100.7')).body;
  const verification = elsewhere.verification === '11' ? '12' : '11';
  const wrong = await person.approveWith(api.url, elsewhere.user_code, { verification });
  expect(wrong.status).toBe(409);
  await send(`${api.url}/nowhere`, { method: 'GET' });
  await breakAccount(person);
  const broken = await fetch(`${api.url}/api/identities/`, {
    headers: { authorization: `Bearer ${access}` },
  });
  await mendAccount(person);
  expect(broken.status).toBe(500);

  // A delivery that is begun while its process is paused may be begun twice.
  await tells(issuer, {
    'ravi_deliveries_total{kind="webhook",outcome="delivered"}': 4,
    'ravi_deliveries_total{kind="webhook",outcome="failed"}': 3,
  });

  // Approved while no issuer works: what one finds then can be issued, and what was sealed under another SECRET cannot.
  const [lost, kept] = [await startLogin(api.url), await startLogin(api.url)];
  const heldOn = wait(api.url, kept.device_code);
  await tells(api, { ravi_held_waits: 1 });
  issuer.freeze();
  const queuedMs = Date.now();
  for (const { user_code } of [lost, kept]) await person.approve(api.url, user_code);
  // Asked for by a program that logs out before one works.
  const neverMinted = send(`${api.url}/api/auth/token/refresh/`, {
    json: { refresh: refreshed.body.refresh },
  });
  await eventually('the refresh is asked for', async () => {
    const requests = await client.keys('ravi:mint:*');
    return (await Promise.all(requests.map((key) => client.hget(key, 'state')))).includes('pending');
  });
  expect((await call('POST', `${api.url}/api/auth/logout/`, access)).status).toBe(204);
  await breakAccount(person);
  const wrapped = await client.hget(loginKeyOf(kept.device_code), 'wrapped_key');
  await client.hset(loginKeyOf(lost.device_code), 'wrapped_key', wrapped ?? '');
  const queue = await eventually('the queue is told', async () => {
    const told = await figuresOf(api);
    return (told.get('ravi_queue_jobs{state="waiting"}') ?? 0) >= 1 ? told : null;
  });
  const oldest = queue.get('ravi_queue_oldest_job_seconds') ?? 0;
  expect(oldest).toBeGreaterThan(0);
  expect(oldest).toBeLessThanOrEqual((Date.now() - queuedMs) / 1000 + 5);
  issuer.thaw();
  // Each attempt fails until the account can be read.
  await eventually('it is told that a job fails and is tried again', async () => {
    const [retries, waiting] = ['ravi_issuance_retries_total', 'ravi_queue_jobs{state="retrying"}'];
    const isTold = ((await figuresOf(issuer)).get(retries) ?? 0) > 0;
    return isTold && ((await figuresOf(api)).get(waiting) ?? 0) > 0;
  });
  await mendAccount(person);
  expect((await heldOn).status).toBe(200);
  expect((await neverMinted).status).not.toBe(200);
  await tells(issuer, { ravi_logins_aborted_total: 1 });
  expect((await poll(api.url, lost.device_code)).status).toBe(400);

  await eventually('all is delivered', () => posted.length >= 6, 120_000);
  expect(posted.toSorted()).toEqual([...Array(3).fill('approved'), ...Array(3).fill('denied')]);
  expect(new Set(askedFor)).toEqual(new Set(['/hook']));
  const told = { api: await tells(api, counted.api), issuer: await tells(issuer, counted.issuer) };
  await eventually('the length of the audit log is told', async () => {
    const { size } = new Set(await client.xrange('ravi:audit', '-', '+'));
    return (await figuresOf(issuer)).get('ravi_audit_events') === size;
  });
  // Its job may be begun twice, since the issuer was frozen.
  expect(told.issuer.get('ravi_issuance_total{outcome="refused"}')).toBeGreaterThanOrEqual(1);
  const keyAge = told.issuer.get('ravi_signing_key_age_seconds') ?? 0;
  expect(keyAge).toBeGreaterThan(1);
  expect(keyAge).toBeLessThanOrEqual((Date.now() - stackBeganMs) / 1000);

  for (const its of Object.values(told)) {
    const build = Array.from(its).find(([series]) => series.startsWith('ravi_build_info{'));
    expect(build).toEqual([expect.stringContaining(`node="${process.versions.node}"`), 1]);
    expect(its.get('ravi_redis_latency_seconds_count')).toBeGreaterThan(1);
    // All pings together took no longer than the process runs.
    expect(its.get('ravi_redis_latency_seconds_sum')).toBeLessThan((Date.now() - stackBeganMs) / 1000);
    // Read, and that of the same machine.
    const skewSeconds = its.get('ravi_clock_skew_seconds') ?? 0;
    expect(skewSeconds).not.toBe(0);
    expect(Math.abs(skewSeconds)).toBeLessThan(2);
  }

  const served = [...told.api.keys(), ...told.issuer.keys()].map((series) => series.replace(/\{.*/, ''));
  const families = new Set(served.map((name) => name.replace(/_(?:sum|count|bucket)$/, '')));
  const known = Object.values(counted).flatMap((rows) => Object.keys(rows));
  const shown = known.map((series) => series.replace(/\{.*/, '').replace(/_(?:sum|count)$/, ''));
  expect([...families].filter((name) => ![...shown, ...bounded].includes(name))).toEqual([]);

  // The log tells the same story.
  const [loginId, deniedIds] = [
    loginIdIn(held.device_code),
    [denied, third, elsewhere].map((login) => loginIdIn(login.device_code)),
  ];
  const of = (process: ServiceProcess, message: string) =>
    lines(process, message).filter((line) => line['loginId'] === loginId);
  const [requestId, userId] = [expect.stringMatching(/^[\w-]{8,}$/) as unknown, person.user.id];
  expect(of(api, 'login started')).toEqual([expect.objectContaining({ requestId })]);
  expect(of(api, 'login approved')).toEqual([expect.objectContaining({ requestId, userId, again: false })]);
  expect(of(issuer, 'login issued')).toEqual([expect.objectContaining({ outcome: 'issued', attempt: 0 })]);
  const approvedForMs = of(api, 'login redeemed').map((line) => line['approvedForMs']);
  expect(approvedForMs).toEqual([expect.any(Number)]);
  expect(approvedForMs[0]).toBeGreaterThanOrEqual(1);
  expect(approvedForMs[0]).toBeLessThanOrEqual(toldMs - approvedMs + 1);
  expect(of(api, 'login waited for')).toEqual([expect.objectContaining({ requestId })]);
  expect(lines(api, 'login denied')).toEqual(
    deniedIds.map((id) => expect.objectContaining({ loginId: id, requestId, userId }) as unknown),
  );
  const itsStack = expect.stringMatching(/^SyntaxError: .*JSON[^]*\n +at /) as unknown;
  const error = expect.objectContaining({ type: 'SyntaxError', stack: itsStack }) as unknown;
  expect(lines(api, 'request failed')).toEqual([
    expect.objectContaining({ requestId: broken.headers.get('x-request-id'), error }),
  ]);
  expect(lines(api, 'API key created')).toEqual([
    expect.objectContaining({ keyId: expect.any(String) as unknown, userId }),
  ]);
  expect(lines(issuer, 'login aborted: no credentials can be made for it')).toEqual([
    expect.objectContaining({ loginId: loginIdIn(lost.device_code), reason: 'secret_differs' }),
  ]);
  expect(lines(api, 'somebody may be guessing user codes')).toEqual([
    expect.objectContaining({ wrongCodes: 2, periodSeconds: 900 }),
  ]);
  const undelivered = lines(issuer, 'a delivery failed; trying again');
  expect(undelivered.map(({ delivery, reason }) => [delivery, reason])).toEqual(
    expect.arrayContaining([
      ['webhook', 'The receiver answered 307.'],
      ['webhook', 'The receiver answered 500.'],
      ['webhook', expect.stringMatching(/time-?out/i)],
    ]),
  );
  expect(undelivered).toHaveLength(3);
  // What it had asked of Redis when it was frozen may fail, and is tried again, too.
  const failed = lines(issuer, 'issuance failed; it is tried again');
  expect(failed).toContainEqual(expect.objectContaining({ job: expect.any(String) as unknown, error }));
  expect(told.issuer.get('ravi_issuance_retries_total')).toBe(failed.length);
});

test('each start that is refused is counted once, by its reason', async () => {
  const limited = await stack.startApi({
    RATE_LIMITS: 'on',
    MAX_PENDING_PER_ADDRESS: '1',
    MAX_PENDING_LOGINS: '4',
    START_NETWORKS: '198.51.0.0/16',
  });
  const statuses: number[] = [];
  // Two too many of one address; then all there are from three others, and one more.
  const addresses = ['1', '1', '1', '2', '3', '4', '5'].map((network) => `198.51.${network}.7`);
  for (const address of [...addresses, '203.0.113.1']) {
    statuses.push((await startFrom(address, limited)).status);
  }
  expect(statuses).toEqual([200, 429, 429, 200, 200, 200, 429, 403]);
  await tells(limited, {
    ravi_logins_started_total: 4,
    'ravi_starts_refused_total{reason="off"}': 0,
    'ravi_starts_refused_total{reason="network"}': 1,
    'ravi_starts_refused_total{reason="address"}': 2,
    'ravi_starts_refused_total{reason="total"}': 1,
  });
});
