import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { readAuditEntries } from '@ravi/audit';
import { boundPort } from '@ravi/runtime';
import { openDoor } from '../support/door.ts';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { Person } from '../support/person.ts';
import { startLogin, wait, waitPatiently } from '../support/program.ts';
import { post, RawConnection } from '../support/raw-connection.ts';
import { randomFrom, seed } from '../support/random.ts';

let fault: FaultStack;
beforeEach(async () => {
  fault = await FaultStack.whole(fault);
});
afterAll(() => fault.close());

const answered = { status: 200, state: 'redeemed', lease: null };
const sentOn = {
  status: 400,
  error: 'authorization_pending',
  connection: 'close',
  state: 'issued',
  lease: null,
};

test(`an api is stopped while 40 wake-ups arrive, 5 times: what it began to answer it ends and notes, the rest it sends on (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  for (let round = 0; round < 5; round++) {
    const api = round === 0 ? fault.apis[0] : await fault.stack.startApi();
    const logins = await Promise.all(Array.from({ length: 40 }, () => startLogin(api.url)));
    const requests = logins.map((login) => wait(api.url, login.device_code));
    await Promise.all(logins.map((login) => fault.held(login.device_code)));
    // While frozen, it collects wake-ups; then it handles them all, and the signal arrives among them.
    api.freeze();
    await Promise.all(logins.map((login) => fault.person.approve(fault.urls[1], login.user_code)));
    await Promise.all(logins.map((login) => fault.reaches(login.device_code, 'issued')));
    api.thaw();
    await pause(random() * 20);
    expect(await api.end('SIGTERM')).toBe(0);

    const answers = await Promise.all(requests);
    for (const [index, { status, body, headers }] of answers.entries()) {
      const [state, lease] = await fault.client.hmget(
        fault.key(logins[index]?.device_code ?? ''),
        'state',
        'lease',
      );
      expect([answered, sentOn]).toContainEqual(
        status === 200
          ? { status, state, lease }
          : { status, error: body.error, connection: headers.get('connection'), state, lease },
      );
    }
    const unfinished = logins.map((login) => waitPatiently([fault.urls[1]], login.device_code));
    for (const { status, body } of await Promise.all(unfinished)) {
      expect([200, 'invalid_grant']).toContain(body.error ?? status);
    }
    for (const login of logins) await fault.reaches(login.device_code, 'redeemed');
  }
});

test('requests that an api serves by themselves, unseen by its HTTP server, are answered before it ends', async () => {
  // What the api asks of Redis passes here: so it is known what it has read.
  const asked = new Map<Socket, string>();
  const door = await openDoor({
    watcher(connection, sender, bytes) {
      if (sender === 'client')
        asked.set(connection, (asked.get(connection) ?? '') + bytes.toString('latin1'));
    },
  });
  door.leadTo(fault.redis.url);
  const url = Object.assign(new URL(fault.redis.url), { port: new URL(door.url).port }).href;
  const call = (name: string) => post('/api/auth/device/', JSON.stringify({ client_name: name }));
  const names = Array.from({ length: 20 }, (_, index) => `program-${index}.`);

  /** How they are answered when the signal comes while Redis has not answered. */
  const whileStopping = async () => {
    const api = await fault.stack.startApi({ REDIS_URL: url });
    const connections = await Promise.all(names.map(() => RawConnection.open(api.url)));
    await Promise.all(connections.map((connection) => connection.ask(call('first'))));
    asked.clear();
    fault.redis.freeze();
    connections.forEach((connection, index) => connection.write(call(names[index] ?? '')));
    await eventually('all are read', () => {
      const text = [...asked.values()].join('\n');
      return names.every((name) => text.includes(name));
    });
    const ended = api.end('SIGTERM');
    await eventually('it stops', () => api.output().includes('stopping'));
    fault.redis.thaw();
    const answers = await Promise.all(connections.map((connection) => connection.next()));
    expect(await ended).toBe(0);
    for (const connection of connections) connection.destroy();
    return answers.map(({ status }) => status);
  };
  const statuses = await eventually('Redis stood still for less than a request waits for it', async () => {
    const told = await whileStopping();
    return told.includes(503) ? null : told;
  });
  await door.close();
  expect(statuses).toEqual(names.map(() => 200));
});

test('what an issuer still issues as it stops is in the audit log', async () => {
  const account = `ravi:account:${fault.person.user.id}`;
  let isAwaited = false;
  const door = await openDoor({
    watcher(_connection, sender, bytes) {
      if (!isAwaited || sender !== 'client' || !bytes.includes(account)) return;
      isAwaited = false;
      fault.redis.freeze();
    },
  });
  door.leadTo(fault.redis.url);
  const url = Object.assign(new URL(fault.redis.url), { port: new URL(door.url).port }).href;
  await fault.issuer.end('SIGTERM');

  /** The id of a login that an issuer was about to issue when it was told to stop; null where it left that to the next one. */
  const issuedAsItStops = async () => {
    const issuer = await fault.stack.startIssuer({ REDIS_URL: url });
    const login = await startLogin(fault.urls[0]);
    isAwaited = true;
    const approving = fault.person.approve(fault.urls[0], login.user_code);
    await eventually('the issuer asks who approved', () => !isAwaited);
    const ended = issuer.end('SIGTERM');
    await eventually('it stops', () => issuer.output().includes('stopping'));
    fault.redis.thaw();
    await approving;
    expect(await ended).toBe(0);
    return (await fault.state(login.device_code)) === 'issued' ? fault.read(login.device_code).loginId : null;
  };
  const login = await eventually('Redis stood still for less than a job waits for it', issuedAsItStops);
  await door.close();
  const told = readAuditEntries(await fault.client.xrange('ravi:audit', '-', '+'));
  expect(told.map(({ record }) => record)).toContainEqual(
    expect.objectContaining({ event: 'issued', login }),
  );
});

test('an issuer that stops finishes the post that it is at, and notes that it is done: nobody is told twice', async () => {
  const posts: string[] = [];
  const held: ServerResponse[] = [];
  const receiver = createServer((request, response) => {
    posts.push(String(request.headers['webhook-id']));
    request.resume();
    held.push(response);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    const issuer = await fault.stack.startIssuer({
      WEBHOOK_URL: `http://127.0.0.1:${boundPort(receiver)}/hook`,
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      WEBHOOK_EVENTS: 'signed_up',
    });
    await Person.signUp(fault.urls[0]);
    await eventually('the event is posted', () => held.length === 1);
    const ended = issuer.end('SIGTERM');
    await eventually('it stops', () => issuer.output().includes('stopping'));
    // Time enough for all that it would do without waiting: another one, which delivers nothing, does all of it.
    expect(await fault.issuer.end('SIGTERM')).toBe(0);
    expect(issuer.running).toBe(true);
    for (const response of held) response.end();
    expect(await ended).toBe(0);
    const [id = ''] = posts;
    expect(posts).toEqual([id]);
    const job = id.replace(/^evt_/, '');
    expect(await fault.client.zscore('{ravi}:webhook:completed', job)).not.toBeNull();
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});
