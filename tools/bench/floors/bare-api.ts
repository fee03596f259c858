/**
 * Floor: what the states of a login cost by themselves. An api on bare `node:http` that writes the same states, jobs, records and audit
 * events with the same scripts, and makes and checks the same codes, but does nothing else: no framework, sessions, checks of fields, limits,
 * log lines, metrics, traces or pages. `bare-issuer.ts` is its other half.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { AccountStore } from '@ravi/accounts';
import { AuditLog } from '@ravi/audit';
import { issuanceQueuePrefix, maxPerJob } from '@ravi/contract';
import { GrantStore, type IssuedLogin, readIssuedLogin } from '@ravi/credentials';
import {
  type DeviceCode,
  foldUserCode,
  formatUserCode,
  generateUserCode,
  type LoginId,
  loginIdOf,
  LoginStore,
  mintDeviceCode,
  readDeviceCode,
  type RedeemMode,
} from '@ravi/device-login';
import { systemClock } from '@ravi/runtime';
import { deriveResultKey, openResult, wrapResultKey } from '@ravi/sealing';
import { startTelemetry } from '@ravi/telemetry';
import { wakeupChannel } from '@ravi/wakeups';
import { Queue } from 'bullmq';
import { approver, bareKeys, type BareJob, bareQueueName, connectAsOurs } from './bare-product.ts';
import { floorPort, pendingAnswer } from './floor.ts';

const instance = randomUUID();
const [redis, subscriber] = await Promise.all([connectAsOurs('commands'), connectAsOurs('subscriber')]);
const logins = new LoginStore(redis);
const accounts = new AccountStore(redis);
const grants = new GrantStore(redis);
const audit = new AuditLog({
  ...startTelemetry({ service: 'api', instance, level: 'fatal' }),
  redis,
  enabled: true,
  maxEvents: 1_000_000,
  maxPerAccount: 0,
  clock: systemClock,
});
const queue = new Queue<BareJob>(bareQueueName, {
  connection: redis,
  prefix: issuanceQueuePrefix,
  skipMetasUpdate: true,
  defaultJobOptions: { attempts: 500, removeOnComplete: true, removeOnFail: true },
});
await redis.hset(`ravi:account:${approver.id}`, 'epoch', approver.epoch);

/** Those whose job is not added yet: they share the next ones. */
let unqueued: { readonly loginId: LoginId; readonly added: () => void }[] = [];
let isAdding = false;

function addToQueue(loginId: LoginId): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  unqueued.push({ loginId, added: resolve });
  if (!isAdding) void addJobs();
  return promise;
}

async function addJobs(): Promise<void> {
  isAdding = true;
  while (unqueued.length > 0) {
    const all = unqueued;
    unqueued = [];
    const jobs: (typeof all)[] = [];
    while (all.length > 0) jobs.push(all.splice(0, maxPerJob));
    await Promise.all(
      jobs.map(async (job) => {
        await queue.add('issue', { loginIds: job.map(({ loginId }) => loginId) });
        for (const { added } of job) added();
      }),
    );
  }
  isAdding = false;
}

const held = new Map<string, { readonly code: DeviceCode; readonly response: ServerResponse }>();
await subscriber.subscribe(wakeupChannel(instance));
subscriber.on('message', (_channel: string, loginId: string) => {
  const wait = held.get(loginId);
  if (wait) void collect(wait.code, wait.response, { kind: 'check', instance });
});

let leases = 0;
async function collect(code: DeviceCode, response: ServerResponse, mode: RedeemMode): Promise<void> {
  const { loginId, hash } = code;
  const lease = `${instance}.${++leases}`;
  const redemption = await logins.redeem({
    loginId,
    deviceCodeHash: hash,
    mode,
    lease,
    askedAtMs: Date.now(),
  });
  if (redemption.kind === 'issued') {
    held.delete(loginId);
    const issued = readIssuedLogin(openResult(redemption.sealed, loginId, deriveResultKey(code.bytes)));
    await grants.add(
      issued.grant,
      issued.keys,
      accounts.epochPlace(approver.id, approver.epoch, ''),
      Date.now(),
    );
    response.once('finish', () => void completed(loginId, lease, issued));
    answer(response, 200, issued.answer);
  } else if (mode.kind === 'poll') {
    answer(response, 400, pollAnswers[redemption.kind] ?? JSON.stringify(pendingAnswer));
  } else {
    held.set(loginId, { code, response });
  }
}

const pollAnswers: Readonly<Record<string, string>> = {
  redeemed: '{"error":"invalid_grant"}',
  slowDown: '{"error":"slow_down"}',
};

async function completed(loginId: LoginId, lease: string, { grant, keys }: IssuedLogin): Promise<void> {
  const { id, userId: user, clientName: client, address } = grant;
  audit.note({ event: 'redeemed', login: loginId, grant: id, user, client, address });
  for (const { record } of keys)
    audit.note({ event: 'key_created', key: record.id, kind: record.kind, user, grant: id, address });
  await logins.complete(loginId, lease);
}

async function start(): Promise<object> {
  const userCode = generateUserCode();
  const loginId = loginIdOf(userCode, bareKeys.current);
  const expiresAtMs = Date.now() + 900_000;
  const code = mintDeviceCode(loginId, expiresAtMs, bareKeys.current);
  const wrappedKey = wrapResultKey(deriveResultKey(code.bytes), loginId, code.hash, bareKeys.current);
  const program = { clientName: 'load test', address: '127.0.0.1', userAgent: 'load' };
  await logins.start({
    loginId,
    deviceCodeHash: code.hash,
    wrappedKey,
    expiresAtMs,
    intervalSeconds: 1,
    ...program,
  });
  audit.note({ event: 'started', login: loginId, client: program.clientName, address: program.address });
  const formatted = formatUserCode(userCode);
  return {
    device_code: code.text,
    user_code: formatted,
    verification_uri: 'http://login.localhost:3000/device',
    verification_uri_complete: `http://login.localhost:3000/device?user_code=${formatted}`,
    expires_in: 900,
    interval: 1,
  };
}

async function approve(typed: string): Promise<void> {
  const userCode = foldUserCode(typed);
  if (userCode === null) throw new Error('This is no code.');
  const loginId = loginIdOf(userCode, bareKeys.current);
  await logins.approve(loginId, approver.id, '', { scope: 'account', ttlSeconds: null }, '', approver.epoch);
  audit.note({ event: 'approved', login: loginId, user: approver.id, address: '127.0.0.1' });
  await addToQueue(loginId);
}

async function serve(path: string, body: string, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/api/auth/device/':
      return answer(response, 200, JSON.stringify(await start()));
    case '/api/auth/device/token/': {
      const { device_code, wait } = JSON.parse(body) as { device_code: string; wait?: boolean };
      const code = readDeviceCode(device_code, bareKeys);
      if (code === null) return answer(response, 400, '{"error":"invalid_grant"}');
      return collect(code, response, wait ? { kind: 'wait', instance } : { kind: 'poll' });
    }
    case '/api/auth/device/approve/':
      await approve((JSON.parse(body) as { user_code: string }).user_code);
      return answer(response, 200, '{"status":"approved"}');
    case '/api/auth/signup/':
      response.setHeader('Set-Cookie', 'session=floor');
      return answer(response, 200, '{"csrf_token":"floor"}');
    default:
      return answer(response, 404, '{}');
  }
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => void serve(request.url ?? '', body, response));
});
server.requestTimeout = 0;
server.listen({ port: floorPort, backlog: 4096 });

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}
