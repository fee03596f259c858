import { type IssuanceJob, issuanceQueueName, issuanceQueuePrefix } from '@ravi/contract';
import { unlimitedKeys } from '@ravi/device-login';
import { writtenFormat } from '@ravi/runtime';
import { Queue } from 'bullmq';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { send } from '../support/http.ts';
import { poll, startLogin, wait } from '../support/program.ts';

/** A format that no process of these tests reads. */
const newer = writtenFormat + 1;

let fault: FaultStack;
let queue: Queue<IssuanceJob>;
beforeAll(async () => {
  fault = await FaultStack.open();
  const options = { connection: fault.client, prefix: issuanceQueuePrefix, skipMetasUpdate: true };
  queue = new Queue<IssuanceJob>(issuanceQueueName, options);
});
afterAll(async () => {
  await queue.close();
  await fault.close();
});

const logged = (text: string) =>
  eventually(`the log says: ${text}`, () => fault.stack.output().includes(text));

test('a job of a newer release stays in the queue until an issuer takes it that reads it', async () => {
  const login = await startLogin(fault.urls[0]);
  const { loginId } = fault.read(login.device_code);
  const { id } = fault.person.user;
  const epoch = (await fault.client.hget(`ravi:account:${id}`, 'epoch')) ?? '';
  await fault.logins.approve(loginId, id, '', unlimitedKeys, '', epoch);
  const logins = [{ loginId }];
  const job = await queue.add('issue', { v: newer, logins }, { jobId: 'newer', removeOnComplete: true });
  await logged(`A job has format ${newer}`);
  await eventually('the job is back in the queue', () => job.isDelayed());
  expect(await fault.state(login.device_code)).toBe('approved');

  await job.updateData({ v: writtenFormat, logins });
  await fault.reaches(login.device_code, 'issued');
  expect((await poll(fault.urls[0], login.device_code)).status).toBe(200);
});

test('a result of a newer release is kept for an api that reads it, and its program is told to ask again', async () => {
  const login = await startLogin(fault.urls[0]);
  await fault.person.approve(fault.urls[0], login.user_code);
  await fault.reaches(login.device_code, 'issued');
  const key = fault.key(login.device_code);
  const sealed = (await fault.client.hget(key, 'sealed')) ?? '';
  expect(sealed).toMatch(new RegExp(`^${writtenFormat}\\.`));
  await fault.client.hset(key, 'sealed', sealed.replace(/^\d+/, String(newer)));
  for (const ask of [poll, wait]) {
    const { status, body, headers } = await ask(fault.urls[0], login.device_code);
    expect([status, body.error]).toEqual([400, 'authorization_pending']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await logged(`A sealed result has format ${newer}`);

  await fault.client.hset(key, 'sealed', sealed);
  expect((await wait(fault.urls[1], login.device_code)).status).toBe(200);
});

test('records of a newer release are left as they are: a call that needs one gets 503, and nothing ends', async () => {
  const [api] = fault.urls;
  const login = await startLogin(api);
  const decision = await whileNewer(fault.key(login.device_code), () =>
    fault.person.approve(api, login.user_code),
  );
  expect(decision.status).toBe(200);
  const { body } = await wait(api, login.device_code);
  const identities = (credential: string) => () =>
    send(`${api}/api/identities/`, { method: 'GET', headers: { authorization: `Bearer ${credential}` } });
  for (const records of ['ravi:account:*', 'ravi:grant:*']) {
    expect((await whileNewer(records, identities(body.access))).status).toBe(200);
  }
  for (const records of ['ravi:account:*', 'ravi:grant:*', 'ravi:key:*']) {
    expect((await whileNewer(records, identities(body.management_key))).status).toBe(200);
  }
});

/** Expects 503 while the records are of a newer release. Returns the answer after that. */
async function whileNewer<T extends { status: number }>(records: string, call: () => Promise<T>): Promise<T> {
  const keys = await fault.client.keys(records.replace(/[[\]]/g, '?'));
  const write = (format: number) => Promise.all(keys.map((key) => fault.client.hset(key, 'v', format)));
  await write(newer);
  expect((await call()).status).toBe(503);
  await write(writtenFormat);
  return call();
}
