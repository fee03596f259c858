import { createServer, type Server } from 'node:http';
import { Redis } from 'ioredis';
import { Webhook } from 'standardwebhooks';
import { eventually } from '../support/eventually.ts';
import { logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { startLogin, waitPatiently } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';
import { endOf } from '../support/stack.ts';

const secret = `whsec_${Buffer.from('a secret for tests, 32 bytes long').toString('base64')}`;
const oldSecret = `whsec_${Buffer.from('the secret that was before this one').toString('base64')}`;

interface Posted {
  readonly id: string;
  readonly event: { readonly type: string; readonly data: { readonly user?: number } };
}

let redis: TestRedis;
let stack: TestStack;
let api: ServiceProcess;
let issuers: ServiceProcess[];
let receiver: Server;
const received: Posted[] = [];
const attempts: string[] = [];
/** What the receiver answers next; 200 where nothing is said. */
const answers: (number | 'hang up')[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      attempts.push(headers['webhook-id'] ?? '');
      const body = Buffer.concat(chunks).toString();
      // Throws unless the signature is right, for the new secret and the old.
      for (const each of [secret, oldSecret]) new Webhook(each).verify(body, headers);
      const answer = answers.shift() ?? 200;
      if (answer === 'hang up') return void request.destroy();
      if (answer === 200) {
        received.push({ id: headers['webhook-id'] ?? '', event: JSON.parse(body) as Posted['event'] });
      }
      response.writeHead(answer, answer === 307 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : 0;
  redis = await startRedis();
  stack = new TestStack(redis.url, {
    WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
    WEBHOOK_SECRET: `${secret},${oldSecret}`,
  });
  // One after the other: the first makes the signing key.
  issuers = [await stack.startIssuer(), await stack.startIssuer()];
  api = await stack.startApi();
});
afterAll(async () => {
  await endOf(stack, redis);
  receiver.close();
});

const eventsOf = (user: number) => received.filter(({ event }) => event.data.user === user);

test('every event is posted, signed so that a public library verifies it, whatever the receiver answered before', async () => {
  answers.push(500, 'hang up', 307, 404);
  const person = await Person.signUp(api.url);
  await logIn(api.url, person);
  const wanted = ['signed_up', 'approved', 'issued', 'redeemed', 'key_created'];
  await eventually('all events arrived', () => {
    const types = new Set(eventsOf(person.user.id).map(({ event }) => event.type));
    const arrived = new Set(received.map(({ id }) => id));
    return wanted.every((type) => types.has(type)) && attempts.every((id) => arrived.has(id));
  });
  const ids = received.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  // The four that failed came again under the same id.
  expect(attempts.length).toBeGreaterThanOrEqual(ids.length + 4);
});

test('no event of the log is lost when an issuer is killed while it delivers', async () => {
  answers.push(...Array<number>(12).fill(503));
  const people = await Promise.all(Array.from({ length: 6 }, () => Person.signUp(api.url)));
  // Patient programs: an issuer may be killed with their logins in its hands.
  const logins = people.map(async (person) => {
    const login = await startLogin(api.url);
    const waiting = waitPatiently([api.url], login.device_code);
    await person.approve(api.url, login.user_code);
    expect((await waiting).status).toBe(200);
  });
  await eventually('deliveries have begun', () => answers.length < 8);
  await issuers[0]?.end('SIGKILL');
  await Promise.all(logins);
  await eventually(
    'every event of everybody arrived',
    () =>
      people.every(({ user }) =>
        // Those that the api noted: what a killed process noted in its last moment is not in the log.
        ['signed_up', 'approved', 'redeemed'].every((type) =>
          eventsOf(user.id).some(({ event }) => event.type === type),
        ),
      ),
    120_000,
  );
  expect(issuers[0]?.running).toBe(false);
});

test('what waits for delivery holds no secret', async () => {
  answers.push(...Array<number>(200).fill(503));
  const person = await Person.signUp(api.url);
  const credentials = await logIn(api.url, person);
  const client = new Redis(redis.url);
  const jobs = await eventually('jobs wait', async () => {
    const keys = (await client.keys('{ravi}:webhook:*')).filter((key) => /:[\w-]{12}_\d+$/.test(key));
    return keys.length > 0 ? Promise.all(keys.map((key) => client.hgetall(key))) : null;
  });
  const text = JSON.stringify(jobs);
  client.disconnect();
  for (const value of [
    credentials.access,
    credentials.refresh,
    credentials.management_key,
    person.password,
  ]) {
    expect(text).not.toContain(value);
  }
  expect(text).not.toContain('whsec_');
  answers.length = 0;
});
