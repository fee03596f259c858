import { issuanceQueueName, issuanceQueuePrefix } from '@ravi/contract';
import { Queue } from 'bullmq';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { startPatiently } from '../support/patience.ts';
import { errorOnceCollected, isLostConnection, waitPatiently } from '../support/program.ts';

test('replacing every process under a stream of logins loses none and doubles none', async () => {
  const fault = await FaultStack.open();
  try {
    const apis = [...fault.urls];
    const deployed = new AbortController();
    const logins: Promise<{ deviceCode: string; status: number }>[] = [];
    const oneLogin = async () => {
      const login = await again(() => startPatiently(apis.at(-1) ?? ''));
      const waiting = waitPatiently(apis, login.device_code);
      // One that is told to come again, since Redis was late, has approved nothing.
      await eventually('the approval is accepted', async () => {
        const { status } = await again(() => fault.person.approve(apis.at(-1) ?? '', login.user_code));
        if (status !== 200 && status !== 503) throw new Error(`The approval was answered ${status}.`);
        return status === 200;
      });
      return { deviceCode: login.device_code, status: (await waiting).status };
    };
    const stream = (async () => {
      while (!deployed.signal.aborted) {
        logins.push(oneLogin());
        await Promise.race([logins.at(-1), new Promise((resolve) => setTimeout(resolve, 50))]);
      }
    })();

    // New ones first, then the old ones go: the last in the list is where new logins start.
    const newIssuer = await fault.stack.startIssuer();
    // As when the terminal of a process is closed.
    expect(await fault.issuer.end('SIGHUP')).toBe(0);
    for (const old of fault.apis) {
      const fresh = await fault.stack.startApi();
      apis.push(fresh.url);
      await Promise.all(logins.slice(-1));
      expect(await old.end('SIGTERM')).toBe(0);
    }
    deployed.abort();
    await stream;

    const ended = await Promise.all(logins);
    expect(ended.length).toBeGreaterThan(20);
    expect(ended.filter(({ status }) => status !== 200)).toEqual([]);
    for (const { deviceCode } of ended) {
      expect(await errorOnceCollected(apis.at(-1) ?? '', deviceCode)).toBe('invalid_grant');
    }
    expect(newIssuer.running).toBe(true);
  } finally {
    await fault.close();
  }
});

test('an issuer is not announced as ready before it takes jobs: whoever replaces the others waits for it', async () => {
  const fault = await FaultStack.open();
  const options = { connection: fault.client, prefix: issuanceQueuePrefix, skipMetasUpdate: true };
  const queue = new Queue(issuanceQueueName, options);
  try {
    await queue.pause();
    let isReady = false;
    const starting = fault.stack.startIssuer().then(() => (isReady = true));
    await eventually('it is up', () => fault.stack.output().split('"issuer is up"').length > 2);
    // What starts after it is ready before it.
    await fault.stack.startApi();
    expect(isReady).toBe(false);
    await queue.resume();
    expect(await starting).toBe(true);
  } finally {
    await queue.close();
    await fault.close();
  }
});

/** Tries again where the connection was lost, as people and load balancers do. */
async function again<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLostConnection(error)) throw error;
    }
  }
}
