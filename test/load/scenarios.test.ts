import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Answer } from '../../tools/load/client/answer.ts';
import { ConnectionPool } from '../../tools/load/client/connection-pool.ts';
import { DeviceCalls } from '../../tools/load/client/device-calls.ts';
import { SourceAddresses } from '../../tools/load/client/source-addresses.ts';
import { parseTarget, Targets } from '../../tools/load/client/target.ts';
import { Activity } from '../../tools/load/measuring/activity.ts';
import { Latencies } from '../../tools/load/measuring/latencies.ts';
import { Ledger, type Login } from '../../tools/load/measuring/ledger.ts';
import { fanout } from '../../tools/load/scenarios/fanout.ts';
import { hold } from '../../tools/load/scenarios/hold.ts';
import { decide, startLogin } from '../../tools/load/scenarios/login-steps.ts';
import { recordVainWait } from '../../tools/load/scenarios/record-wake.ts';
import type { Run, Share } from '../../tools/load/scenarios/run.ts';
import { soak } from '../../tools/load/scenarios/soak.ts';
import { comesBack } from '../../tools/load/scenarios/soak-behaviours.ts';
import { patiently, Waiting } from '../../tools/load/scenarios/waiting.ts';
import { eventually } from '../support/eventually.ts';

/** What the server answers to a call; null: nothing yet. */
type Answering = (path: string, response: ServerResponse) => [number, object] | null;

const opened = new Set<Server | ConnectionPool>();
const { random } = Math;
afterEach(() => {
  Math.random = random;
  for (const each of opened) each.close();
  opened.clear();
});

/** A server that starts logins, each test's own: a late request of another one does not come here. */
function serverThat(answering: Answering): Server {
  let started = 0;
  return createServer((request, response) => {
    request.resume().on('end', () => {
      const path = (request.url ?? '').replace('/api/auth/device', '');
      const code = `code-${path === '/' ? ++started : started}`;
      const answer = path === '/' ? [200, { device_code: code, user_code: code }] : answering(path, response);
      if (answer) response.writeHead(Number(answer[0])).end(JSON.stringify(answer[1]));
    });
  });
}

/** Lets a server listen until the end of the test. */
async function urlOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.add(server);
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** A process's share of a run against a server. `together`: what is waited for at the end of a phase. */
async function runOf(
  answering: Answering | Server,
  share: Partial<Share> = {},
  together: (phase: string) => Promise<void> = async () => undefined,
): Promise<Run> {
  const server = typeof answering === 'function' ? serverThat(answering) : answering;
  const targets = new Targets(parseTarget(await urlOf(server)));
  const addresses = new SourceAddresses(null);
  const pool = new ConnectionPool(2, targets, addresses);
  opened.add(pool);
  return {
    share: { clients: 2, connections: 2, rate: null, seconds: 0, rampSeconds: 0, thinkMs: 0, ...share },
    targets,
    addresses,
    calls: new DeviceCalls(targets.first),
    pool,
    sessions: [{ cookie: 'ravi_session=x', csrfToken: 'x' }],
    ledger: new Ledger(),
    latencies: new Latencies(),
    activity: new Activity(),
    stopping: new AbortController().signal,
    together,
  };
}

const login = (changes: Partial<Login>): Login => ({
  deviceCode: 'code',
  userCode: 'BCDF-GHJK',
  verification: '',
  approveSentMs: 1,
  approvedMs: 1,
  receivedMs: 0,
  token: '',
  denied: false,
  tornOff: false,
  failed: false,
  ...changes,
});

const refusal = (error: string): [number, object] => [400, { error }];

test('programs that are refused although they were approved did not succeed in a fan-out', async () => {
  const waiting: ServerResponse[] = [];
  let approved = 0;
  const answering: Answering = (path, response) => {
    if (path === '/approve/') {
      approved++;
      return [200, {}];
    }
    if (approved === 2) return refusal('access_denied');
    waiting.push(response);
    return null;
  };
  const run = await runOf(answering, {}, async (phase) => {
    if (phase !== 'held') return;
    void eventually('all are approved', () => approved === 2).then(() => {
      for (const each of waiting) each.writeHead(400).end('{"error":"access_denied"}');
    });
  });
  await fanout(run);
  expect(run.ledger.tally().counts).toMatchObject({ approved: 2, received: 0, failed: 2, lost: 2 });
  expect(run.activity.window().done).toBe(0);
});

test('an approval names the number that the program shows, where it shows one', async () => {
  const numbered: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (request.url?.endsWith('/approve/') === true) numbered.push(body);
      const verification = numbered.length === 0 ? { verification: '07' } : {};
      response.end(JSON.stringify({ device_code: 'code', user_code: 'BCDF-GHJK', ...verification }));
    });
  });
  const run = await runOf(server);
  for (let count = 0; count < 2; count++) {
    const started = await startLogin(run);
    if (started) await decide(run, 'approve', started);
  }
  expect(numbered).toEqual(['{"user_code":"BCDF-GHJK","verification":"07"}', '{"user_code":"BCDF-GHJK"}']);
});

test('a held wait that ends is one failure, and did not succeed', async () => {
  const run: Run = await runOf(
    () => refusal('expired_token'),
    {},
    async (phase) => {
      if (phase !== 'idle') return;
      await eventually('both have ended', () => run.ledger.tally().counts.failed >= 2);
    },
  );
  await hold(run);
  expect(run.ledger.tally().counts).toMatchObject({ started: 2, failed: 2 });
  expect(run.activity.window().done).toBe(0);
});

test('logins of a soak whose approvals are refused did not succeed', async () => {
  // Everybody waits patiently, and nobody takes time to think.
  Math.random = () => 0;
  const refused: Answering = (path) => (path === '/approve/' ? [429, {}] : null);
  const run = await runOf(refused, { rate: 100, seconds: 0.03 });
  await soak(run);
  expect(run.ledger.tally().counts).toMatchObject({ started: 3, failed: 3 });
  expect(run.activity.window().done).toBe(0);
});

test('logins that a soak began while its pace rose are accounted for, but not measured', async () => {
  Math.random = () => 0;
  const held: ServerResponse[] = [];
  let [approved, given] = [0, 0];
  const answerAll = () => {
    if (approved < 3 || held.length < 3) return;
    for (const each of held) each.end(JSON.stringify({ access: `token ${++given}` }));
  };
  const answering: Answering = (path, response) => {
    // Once all have their answers, every further request is for a used code.
    if (given > 0) return refusal('invalid_grant');
    if (path === '/approve/') approved++;
    else held.push(response);
    answerAll();
    return path === '/approve/' ? [200, {}] : null;
  };
  const run = await runOf(answering, { rate: 20, rampSeconds: 0.2, seconds: 0.05 });
  await soak(run);
  expect(run.ledger.tally().counts).toMatchObject({ started: 3, approved: 3, received: 3, failed: 0 });
  expect(run.activity.window().done).toBe(1);
  expect(run.latencies.summaries()['start']?.count).toBe(1);
});

test('a server that is not available to a wait is counted as that, and asked again', async () => {
  let asked = 0;
  const run = await runOf((_, response) => {
    response.setHeader('retry-after', '0');
    return asked++ === 0 ? [503, {}] : [200, { access: 'a token' }];
  });
  const answer = await new Waiting(run).enter(login({})).ended;
  expect(answer?.status).toBe(200);
  expect(run.ledger.tally().counts).toMatchObject({
    unavailable: 1,
    disconnected: 0,
    askedAgain: 1,
    received: 1,
  });
});

test('a program whose connection was torn off, and that waits in vain then, has lost its login', async () => {
  const run = await runOf(() => refusal('expired_token'));
  const waiting = (answer: Answer | null) => ({
    enter: () => ({ ended: Promise.resolve(answer), leave: () => undefined }),
  });
  await comesBack({ run, waiting: waiting(null), login: login({}) });
  expect(run.ledger.tally().counts).toMatchObject({ lost: 1 });
  // A used code may have been answered into the connection that is gone.
  const used = { status: 400, head: '', body: '{"error":"invalid_grant"}' };
  await comesBack({ run, waiting: waiting(used), login: login({}) });
  expect(run.ledger.tally().counts).toMatchObject({ lost: 1 });
});

test('a program that gave up waiting for its approved login is among the latencies; one that had its answer is so once', async () => {
  const run = await runOf(() => null);
  const count = () => run.latencies.summaries()['approval sent to answer']?.count;
  const waits = async (ended: Promise<Answer | null>, its: Login, leave: () => void) =>
    patiently({ ended, leave }, () => recordVainWait(run, its), 1);
  const ending = Promise.withResolvers<null>();
  expect(await waits(ending.promise, login({}), () => ending.resolve(null))).toBeNull();
  expect(count()).toBe(1);
  const answer = { status: 200, head: '', body: '' };
  expect(await waits(Promise.resolve(answer), login({ receivedMs: 2 }), () => undefined)).toBe(answer);
  expect(count()).toBe(1);
});
