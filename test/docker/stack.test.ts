import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Session } from '@ravi/client';
import type { DeviceCodeResponse } from '@ravi/contract';
import { root } from '../../scripts/setup/root.mjs';
import { waitByTheBook } from '../support/by-the-book.ts';
import { apiExamples, ExampleRun } from '../support/api-examples.ts';
import { startClientLogin } from '../support/client-login.ts';
import { eventually } from '../support/eventually.ts';
import { patientPerson } from '../support/patience.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin } from '../support/program.ts';
import { docker, evaluateInside } from './support/docker.ts';
import { startStack, type ServiceName, type Stack } from './support/stack.ts';

/** The first start builds the image. */
const startLimitMs = 300_000;
const limitMs = 180_000;

let stack: Stack;
let human: Person;

beforeAll(async () => {
  stack = await startStack();
  human = await Person.signUp(stack.url);
}, startLimitMs);

afterAll(() => stack?.down(), limitMs);

test(
  'a program logs in through the load balancer, whichever instances its requests meet',
  async () => {
    for (let run = 0; run < 6; run += 1) {
      const { waiting, userCode } = await waitingLogin();
      const approvedAtMs = Date.now();
      await human.approve(stack.url, userCode);
      expect((await waiting).account?.email).toBe(human.email);
      // Far less than what a request is held for.
      expect(Date.now() - approvedAtMs).toBeLessThan(10_000);
    }
  },
  limitMs,
);

test('the load balancer passes no id on that a client chose', async () => {
  const headers = { 'X-Request-Id': 'chosen-by-a-client' };
  const answer = await fetch(`${stack.url}/api/auth/device/`, { method: 'POST', headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
});

test(
  'every call that docs/api.md shows works through the load balancer, whichever of three apis it meets',
  async () => {
    const person = await Person.signUp(stack.url);
    const run = new ExampleRun(stack.url, (userCode) => person.approve(stack.url, userCode));
    for (const example of apiExamples) {
      const { actual, expected } = await run.step(example);
      expect({ [example.title]: actual }).toEqual({ [example.title]: expected });
    }
  },
  limitMs,
);

test(
  'every api is killed under 200 waits: each program by the README logs in, and sees nothing that the README does not name',
  async () => {
    const logins = await Promise.all(Array.from({ length: 200 }, () => startLogin(stack.url)));
    const waits = logins.map((login) => waitByTheBook(stack.url, login));
    const alone = waitOnNewConnection(await startLogin(stack.url));
    await theOneThatHolds(logins.length + 1);
    // One after the other, as a person does: an approval that an api takes along counts as a wrong code.
    const approve = async (some: readonly { readonly user_code: string }[]) => {
      for (const { user_code: userCode } of some) await patientPerson(human, stack.url)(userCode);
    };
    for (const api of await stack.containers('api')) {
      const approving = approve(logins.splice(0, 50));
      await docker('kill', api);
      await docker('start', api);
      await Promise.all([approving, eventually('the api is ready again', () => isReady(api), 120_000)]);
    }
    await approve(logins);

    const ended = await Promise.all(waits);
    expect(ended.filter(({ answer }) => answer.status !== 200)).toEqual([]);
    const seen = new Set(ended.flatMap((login) => login.seen));
    expect(await alone).toBe('503, Retry-After: 1');
    expect(seen.size).toBeGreaterThan(0);
    // On a connection that served a request before, HAProxy leaves it to the program to try again.
    // Where the kills take longer than a wait is held, its end as well.
    const named = ['503, Retry-After: 1', 'lost connection', 'authorization_pending'];
    for (const answer of seen) expect(named).toContain(answer);
  },
  limitMs,
);

test(
  'while no api is there, a program is told 503 and when to come again',
  async () => {
    const apis = await stack.containers('api');
    await Promise.all(apis.map((api) => docker('kill', api)));
    const told = async () => {
      const answer = await fetch(`${stack.url}/api/auth/device/`, { method: 'POST' }).catch(() => null);
      return answer?.status === 503 && answer.headers.get('retry-after');
    };
    const retryAfter = await eventually('the load balancer answers', told);
    await Promise.all(apis.map((api) => docker('start', api)));
    for (const api of apis) await eventually('the api is ready again', () => isReady(api), 120_000);
    const isServed = async () => (await fetch(`${stack.url}/api/auth/device/`, { method: 'POST' })).ok;
    await eventually('the load balancer has found one', isServed);
    expect(retryAfter).toBe('2');
  },
  limitMs,
);

test(
  'an api hears at once of a program that hung up, though the load balancer is between them',
  async () => {
    const login = await startLogin(stack.url);
    const hangUp = new AbortController();
    const waiting = fetch(`${stack.url}/api/auth/device/token/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ device_code: login.device_code, wait: true }),
      signal: hangUp.signal,
    });
    await theOneThatHolds(1);
    hangUp.abort();
    await expect(waiting).rejects.toThrow('aborted');
    await theOneThatHolds(0);
  },
  limitMs,
);

test(
  'a rolling restart of every api and issuer loses no login',
  async () => {
    for (const service of ['api', 'issuer'] as const) {
      const containers = await stack.containers(service);
      const logins = await Promise.all(containers.map(waitingLogin));
      await theOneThatHolds(logins.length);
      for (const [index, { waiting, userCode }] of logins.entries()) {
        const restarting = docker('restart', '-t', '30', containers[index] ?? '');
        await patientPerson(human, stack.url)(userCode);
        await restarting;
        await stack.untilHealthy(service);
        expect(await (await waiting).accessToken()).toMatch(/^ey/);
      }
    }
  },
  limitMs,
);

test(
  'while Redis is away no api is ready, and the load balancer lets them say all the same that a login is pending',
  async () => {
    const login = await startLogin(stack.url);
    const [redis = ''] = await stack.containers('redis');
    await docker('stop', redis);
    await eventually('no api counts as ready', async () => (await readyApis()) === 0, 60_000);
    const { status, body } = await poll(stack.url, login.device_code);
    await docker('start', redis);
    await eventually('an api counts as ready', async () => (await readyApis()) > 0, 120_000);
    expect([status, body.error]).toEqual([400, 'authorization_pending']);
  },
  limitMs,
);

test(
  'accounts and pending logins outlive a restart of Redis',
  async () => {
    const { waiting, userCode } = await waitingLogin();
    const [redis = ''] = await stack.containers('redis');
    await docker('restart', redis);
    await patientPerson(human, stack.url)(userCode);
    expect((await waiting).account?.email).toBe(human.email);
  },
  limitMs,
);

test(
  'a service runs without root, without capabilities and on a file system that it cannot write',
  async () => {
    const [api = ''] = await stack.containers('api');
    expect(await evaluateInside(api, 'process.getuid()')).toBe('1000');
    expect(await docker('exec', api, 'grep', 'CapEff', '/proc/1/status')).toMatch(/\t0+$/);
    await expect(docker('exec', api, 'touch', '/app/packages/file')).rejects.toThrow('Read-only file system');
  },
  limitMs,
);

test(
  'a service that starts finds its modules compiled in the image, compiles none, and could not write them',
  async () => {
    for (const service of ['api', 'issuer'] as const) {
      const [container = ''] = await stack.containers(service);
      // Without a port it ends as soon as its modules are there.
      const start = `node services/${service}/src/main.ts 2>&1`;
      const counted = `${start} | grep -oE 'was (accepted|not initialized|rejected)' | sort | uniq -c`;
      const settings = ['-e', 'NODE_DEBUG_NATIVE=COMPILE_CACHE', '-e', 'PORT=none'];
      expect(await docker('exec', ...settings, container, 'sh', '-c', counted)).toMatch(
        /^\d{3,4} was accepted$/,
      );
      const writable = ['find', '.compiled', '!', '-user', 'root', '-o', '-perm', '/222'];
      expect(await docker('exec', container, ...writable)).toBe('');
    }
  },
  limitMs,
);

test(
  'no api holds the signing key',
  async () => {
    const [api = ''] = await stack.containers('api');
    const [issuer = ''] = await stack.containers('issuer');
    const keyIsThere = "require('node:fs').existsSync('/run/signing-keys/first.pem')";
    expect(await evaluateInside(api, keyIsThere)).toBe('false');
    expect(await evaluateInside(issuer, keyIsThere)).toBe('true');
  },
  limitMs,
);

test(
  'signing keys rotate in the mounted folder, without a restart',
  async () => {
    const tool = join(root, 'tools/keys/main.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [tool, 'add'], {
      env: { ...process.env, SIGNING_KEY_DIR: stack.signingKeys },
    });
    const [kid = ''] = stdout.split('\n');
    await eventually('the new key is published', async () => {
      return (await fetch(`${stack.url}/.well-known/jwks.json`)).text().then((keys) => keys.includes(kid));
    });
    const [issuer = ''] = await stack.containers('issuer');
    const activate = ['npm', 'run', '-s', 'keys', '--', 'activate', kid, '--now'];
    expect(await docker('exec', issuer, ...activate)).toContain('is active');
    await eventually('a login is signed with it', async () => {
      const { waiting, userCode } = await waitingLogin();
      await human.approve(stack.url, userCode);
      const [header = ''] = (await (await waiting).accessToken()).split('.');
      return Buffer.from(header, 'base64url').toString().includes(kid);
    });
  },
  limitMs,
);

test(
  'every process ends by itself and in order when the stack stops',
  async () => {
    await stack.stop();
    const services: readonly ServiceName[] = ['api', 'issuer', 'redis'];
    const containers = (await Promise.all(services.map((service) => stack.containers(service)))).flat();
    const codes = await docker('inspect', '-f', '{{.State.ExitCode}}', ...containers);
    expect(codes.split('\n')).toEqual(containers.map(() => '0'));
  },
  limitMs,
);

/** A login whose program waits. */
interface WaitingLogin {
  readonly userCode: string;
  readonly waiting: Promise<Session>;
}

async function waitingLogin(): Promise<WaitingLogin> {
  const login = startClientLogin({ server: stack.url, clientName: 'Docker test' });
  const waiting = login.result.then((result) => {
    if (result.kind !== 'loggedIn') throw new Error(`The login ended: ${JSON.stringify(result)}`);
    return result.session;
  });
  // A wait that fails before anybody looks at it must not end the run as an unhandled rejection.
  waiting.catch(() => undefined);
  return { userCode: (await login.code).userCode, waiting };
}

/** Whether an api serves; a container that just starts has no Node to ask yet. */
function isReady(api: string): Promise<boolean> {
  const expression = "fetch('http://127.0.0.1:3001/readyz').then(({ ok }) => console.log(ok)), ''";
  return evaluateInside(api, expression).then(
    (printed) => printed === 'true',
    () => false,
  );
}

/** How many apis are ready, as the load balancer finds. */
async function readyApis(): Promise<number> {
  const [api = ''] = await stack.containers('api');
  const expression = "fetch('http://lb:8404/metrics').then((answer) => answer.text()).then(console.log), ''";
  const figures = await evaluateInside(api, expression);
  return Number(/^haproxy_backend_active_servers\{proxy="api"\} (\d+)/m.exec(figures)?.[1]);
}

/** Resolves, once this number of waits is held, to the first api that holds one; to an empty text when none does. */
async function theOneThatHolds(count: number): Promise<string> {
  let holder = '';
  await eventually(`${count} waits are held`, async () => {
    const held = await heldWaits();
    holder = [...held].find(([, waits]) => waits > 0)?.[0] ?? '';
    return [...held.values()].reduce((total, waits) => total + waits, 0) === count;
  });
  return holder;
}

/** How many waits each api holds, by container. */
async function heldWaits(): Promise<ReadonlyMap<string, number>> {
  const containers = await stack.containers('api');
  const expression =
    "fetch('http://127.0.0.1:3001/metrics').then((answer) => answer.text()).then(console.log), ''";
  const counts = await Promise.all(
    containers.map(async (container): Promise<[string, number]> => {
      const metrics = await evaluateInside(container, expression);
      return [container, Number(/^ravi_held_waits\S* (\d+)/m.exec(metrics)?.[1] ?? 0)];
    }),
  );
  return new Map(counts);
}

/** How a wait ends that is the first request of its connection: its status, and when to come again. */
function waitOnNewConnection({ device_code }: DeviceCodeResponse): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const url = `${stack.url}/api/auth/device/token/`;
  const headers = { 'content-type': 'application/json' };
  request(url, { method: 'POST', headers, agent: false }, (answer) => {
    answer.resume();
    resolve(`${answer.statusCode}, Retry-After: ${answer.headers['retry-after']}`);
  })
    .on('error', reject)
    .end(JSON.stringify({ device_code, wait: true }));
  return promise;
}
