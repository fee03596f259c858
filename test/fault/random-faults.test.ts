import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { send } from '../support/http.ts';
import { errorOnceCollected, isLostConnection, waitPatiently } from '../support/program.ts';
import { randomFrom, seed } from '../support/random.ts';
import type { ServiceProcess } from '../support/services.ts';

let fault: FaultStack;
beforeEach(async () => {
  fault = await FaultStack.open();
});
afterEach(() => fault.close());

const kinds = [
  'api',
  'api',
  'api',
  'api',
  'issuer',
  'issuer',
  'pubsub',
  'pubsub',
  'connections',
  'scripts',
] as const;
const loginsPerFault = 3;

test(`30 logins under random deaths and cuts: every one ends with exactly one 200 (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  const apis = [...fault.apis];
  const urls: string[] = [...fault.urls];
  // Half of the programs turn to the second api first. Both lists always name those that run now.
  const otherWay: string[] = urls.toReversed();
  let issuer = fault.issuer;
  const killed: ServiceProcess[] = [];
  const kill = async (service: ServiceProcess) => {
    await service.end('SIGKILL');
    killed.push(service);
  };
  const strike = async (kind: (typeof kinds)[number]): Promise<void> => {
    switch (kind) {
      case 'api': {
        const victim = random() < 0.5 ? 0 : 1;
        await kill(apis[victim] as ServiceProcess);
        const fresh = await fault.stack.startApi();
        apis[victim] = fresh;
        urls[victim] = fresh.url;
        otherWay[1 - victim] = fresh.url;
        return;
      }
      case 'issuer':
        await kill(issuer);
        issuer = await fault.stack.startIssuer();
        return;
      case 'pubsub':
        return void (await fault.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      case 'connections':
        return void (await fault.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
      case 'scripts':
        return void (await fault.client.script('FLUSH'));
    }
  };

  const logins: DeviceCodeResponse[] = [];
  const ends: Promise<number>[] = [];
  const oneLogin = async (route: readonly string[]): Promise<number> => {
    const login = await untilAnswered(urls, async (url) => {
      const { status, body } = await send<DeviceCodeResponse>(`${url}/api/auth/device/`);
      return status === 200 ? body : null;
    });
    logins.push(login);
    const waiting = waitPatiently(route, login.device_code);
    await fault.held(login.device_code);
    await untilAnswered(urls, async (url) => {
      const { status } = await fault.person.approve(url, login.user_code);
      return status === 200 || null;
    });
    return (await waiting).status;
  };
  for (const kind of shuffled(kinds, random)) {
    for (let index = 0; index < loginsPerFault; index++) {
      ends.push(oneLogin(random() < 0.5 ? urls : otherWay));
    }
    await pause(random() * 60);
    await strike(kind);
  }

  expect(await Promise.all(ends)).toEqual(ends.map(() => 200));
  const printed = killed.map((service) => service.output()).join('');
  for (const { device_code } of logins) {
    const [state, lease] = await fault.client.hmget(fault.key(device_code), 'state', 'lease');
    if (state === 'issued' && printed.includes(`"instance":"${lease?.slice(0, 8)}"`)) continue;
    await fault.reaches(device_code, 'redeemed');
    expect(await errorOnceCollected(urls[0] ?? '', device_code)).toBe('invalid_grant');
  }
});

/** Asks one api after the other until one answers, as a human who reloads the page. */
async function untilAnswered<T>(urls: readonly string[], ask: (url: string) => Promise<T | null>) {
  let turn = 0;
  return eventually('an api answers', async () => {
    try {
      return await ask(urls[turn++ % urls.length] ?? '');
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      return null;
    }
  });
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
