/** Floor: the other half of `bare-api.ts`. Takes jobs, signs two tokens, makes a key, seals it all and settles the login. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import {
  defaultLifetimes,
  generateApiKey,
  hashApiKey,
  keyOfGrant,
  keyPrefix,
  writeIssuedLogin,
} from '@ravi/credentials';
import { generateSigningKey, readSigningKeys, signTokenPair } from '@ravi/credentials/signing';
import { type LoginId, LoginStore } from '@ravi/device-login';
import { sealResult, unwrapResultKey } from '@ravi/sealing';
import { wakeupChannel } from '@ravi/wakeups';
import { Worker } from 'bullmq';
import { approver, bareKeys, type BareJob, bareQueueName, connectAsOurs } from './bare-product.ts';
import { floorPort } from './floor.ts';
import { workerOptions } from './floor-queue.ts';

const [commands, connection] = await Promise.all([connectAsOurs('commands'), connectAsOurs('worker')]);
const logins = new LoginStore(commands);
const [signingKey] = readSigningKeys([generateSigningKey()]);

/** The result of a login: its grant, tokens and key, and the answer with them. */
function mint(): string {
  if (!signingKey) throw new Error('There is no signing key.');
  const nowMs = Date.now();
  const grant = {
    id: randomUUID(),
    userId: approver.id,
    accountEpoch: approver.epoch,
    clientId: 'ravi-device',
    clientName: 'load test',
    address: '127.0.0.1',
    userAgent: 'load',
    createdAtMs: nowMs,
    identityUuid: '',
    scope: 'account',
    requestedScope: '',
    resource: '',
    keyThumbprint: '',
    expiresAtMs: null,
  } as const;
  const tokens = signTokenPair(
    { issuer: 'http://login.localhost:3000', grant, seq: 1, lifetimes: defaultLifetimes, nowMs },
    signingKey,
  );
  const { access, refresh, accessExpiresAtMs, refreshJti, refreshExpiresAtMs } = tokens;
  const text = generateApiKey('management');
  const made = {
    hash: hashApiKey(text),
    kind: 'management',
    prefix: keyPrefix(text),
    expiresAtMs: null,
  } as const;
  const key = keyOfGrant(grant, made);
  const user = { id: approver.id, email: approver.email, first_name: '', last_name: '' };
  return writeIssuedLogin({
    grant: { ...grant, refreshJti, refreshExpiresAtMs, keyIds: [key.record.id] },
    keys: [key],
    accessExpiresAtMs,
    answer: JSON.stringify({ access, refresh, management_key: text, user, identities: [] }),
  });
}

async function issue(loginId: LoginId): Promise<void> {
  const login = await logins.readForIssuance(loginId);
  if (login?.state !== 'approved') return;
  const resultKey = unwrapResultKey(login.wrappedKey, loginId, login.deviceCodeHash, bareKeys);
  if (resultKey === null) throw new Error('The keys of the api and the issuer differ.');
  await logins.settle(loginId, sealResult(mint(), loginId, resultKey), wakeupChannel('%s'));
}

const worker = new Worker<BareJob>(
  bareQueueName,
  async ({ data }) => {
    await Promise.all(data.loginIds.map((loginId) => issue(loginId as LoginId)));
  },
  workerOptions(connection),
);
worker.on('error', () => undefined);
await worker.waitUntilReady();
createServer((_request, response) => response.end('ready')).listen(floorPort);
