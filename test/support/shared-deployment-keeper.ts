/**
 * Runs the deployment that the files of one jest worker share: jest ends what a file has in memory, and this program
 * outlives the file.
 *
 *     node shared-deployment-keeper.ts FILE
 *
 * Writes the deployment to FILE once it runs. Ends it on SIGTERM, or when the worker that forked this program is gone.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, deploy } from './stack.ts';

/** Where a service is reached. */
export interface ServiceAddress {
  readonly url: string;
  readonly adminUrl: string;
}

/** A deployment that runs until its keeper ends. */
export interface KeptDeployment {
  readonly keeperPid: number;
  readonly redisUrl: string;
  /** Where the services keep their secrets; a service that is added reads them there. */
  readonly dataDirectory: string;
  readonly apis: readonly [ServiceAddress, ServiceAddress];
  readonly issuer: ServiceAddress;
}

const [file = ''] = process.argv.slice(2);
const dataDirectory = mkdtempSync(join(tmpdir(), 'ravi-shared-'));
const workerGone = Promise.withResolvers<void>();
const replaced = Promise.withResolvers<void>();
process.once('disconnect', workerGone.resolve);
process.once('SIGTERM', replaced.resolve);
if (!process.connected) workerGone.resolve();

try {
  const deployment = await deploy({ DATA_DIR: dataDirectory });
  announce(deployment);
  // Another keeper writes the file when it replaces this one.
  await Promise.race([replaced.promise, workerGone.promise.then(() => rmSync(file, { force: true }))]);
  await deployment.stop();
} finally {
  rmSync(dataDirectory, { recursive: true, force: true });
}

function addressOf({ url, adminUrl }: ServiceAddress): ServiceAddress {
  return { url, adminUrl };
}

/** Writes the file, which appears with its whole content. */
function announce({ redis, apis: [first, second], issuer }: Deployment): void {
  const deployment: KeptDeployment = {
    keeperPid: process.pid,
    redisUrl: redis.url,
    dataDirectory,
    apis: [addressOf(first), addressOf(second)],
    issuer: addressOf(issuer),
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(deployment), { mode: 0o600 });
  renameSync(draft, file);
}
