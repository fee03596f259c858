/**
 * Floor: a BullMQ worker with the options of our issuer. With `WORK=nothing` its jobs do nothing; with `WORK=sign`
 * they sign two ES256 JWTs, which no issuance can do without. Sends its parent the age of each timed job.
 */
import { createServer } from 'node:http';
import { defaultLifetimes } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys, signTokenPair } from '@ravi/credentials/signing';
import { Worker } from 'bullmq';
import { connectFloor, floorPort } from './floor.ts';
import { floorQueueName, type FloorJob, workerOptions } from './floor-queue.ts';

const [key] = readSigningKeys([generateSigningKey()]);
const signs = process.env['WORK'] === 'sign';
const agesMs: number[] = [];
const grant = {
  id: '6d1c4b0e-7f4c-4a52-9d2b-2f5d7b1a3c4d',
  userId: 1,
  clientId: 'ravi-device',
  identityUuid: '',
  scope: 'account',
  requestedScope: '',
  resource: '',
  keyThumbprint: '',
  createdAtMs: 0,
  expiresAtMs: null,
} as const;

const worker = new Worker<FloorJob>(
  floorQueueName(process.env['WORK'] ?? ''),
  async ({ data }) => {
    if (data.addedMs !== undefined) agesMs.push(performance.timeOrigin + performance.now() - data.addedMs);
    if (signs && key) {
      const nowMs = Date.now();
      const issuer = 'http://login.localhost:3000';
      signTokenPair({ issuer, grant, seq: 1, lifetimes: defaultLifetimes, nowMs }, key);
    }
  },
  workerOptions(connectFloor('worker')),
);
worker.on('error', () => undefined);
await worker.waitUntilReady();

// The benchmark reads the ages since its last request.
createServer((_request, response) => response.end(JSON.stringify(agesMs.splice(0)))).listen(floorPort);
