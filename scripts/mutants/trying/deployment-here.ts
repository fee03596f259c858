import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SharedDeployment } from '../../../test/support/shared-deployment.ts';
import { type Deployment, deploy } from '../../../test/support/stack.ts';
import { TestStack } from './services-here.ts';

let kept: Promise<{ readonly deployment: Deployment; readonly dataDirectory: string }> | null = null;

/** Stands in for the deployment that the files of a jest worker share: it runs in this process, and as long as its modules are the same. */
export async function shareDeployment(): Promise<SharedDeployment> {
  kept ??= keep();
  const { deployment, dataDirectory } = await kept;
  const { redis, apis, issuer, urls } = deployment;
  const stack = new TestStack(redis.url, { DATA_DIR: dataDirectory });
  return { redis, apis, issuer, urls, startApi: (env) => stack.startApi(env), stop: () => stack.stop() };
}

/** Ends the deployment, if there is one. */
export async function endSharedDeployment(): Promise<void> {
  const ended = kept;
  kept = null;
  if (!ended) return;
  const { deployment, dataDirectory } = await ended.catch(() => ({ deployment: null, dataDirectory: '' }));
  await deployment?.stop();
  if (dataDirectory !== '') rmSync(dataDirectory, { recursive: true, force: true });
}

async function keep() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ravi-shared-'));
  // A database of its own: another file empties that of this process. It is chosen at once.
  const before = process.env['JEST_WORKER_ID'];
  process.env['JEST_WORKER_ID'] = '15';
  const starting = deploy({ DATA_DIR: dataDirectory });
  process.env['JEST_WORKER_ID'] = before;
  return { deployment: await starting, dataDirectory };
}
