import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse, DeviceTokenSuccess } from '@ravi/contract';
import { send } from '../../test/support/http.ts';
import { Person } from '../../test/support/person.ts';
import { startOwnRedis } from '../../test/support/redis.ts';
import { TestStack } from '../../test/support/services.ts';
import { CoverageProbe } from './coverage-probe.ts';

/** The files that one step of a login enters, below the `src` of each service. */
export interface Entered {
  readonly step: string;
  readonly api: readonly string[];
  readonly issuer: readonly string[];
}

/** How long work may go on after an answer. Shorter than the time after which an approval is checked again. */
const settleMs = 200;

/** How many logins run before the measured one, so that what happens only the first time is not counted. */
const warmUps = 3;

/**
 * Sends a login through an api and an issuer of its own, with limits on, and reads from V8's counts of calls which files each step
 * entered.
 */
export async function measureEntered(): Promise<readonly Entered[]> {
  const redis = await startOwnRedis();
  const stack = new TestStack(redis.url, { RATE_LIMITS: 'on', NODE_OPTIONS: '--inspect=127.0.0.1:0' });
  try {
    const [api, issuer] = await Promise.all([stack.startApi(), stack.startIssuer()]);
    const [ofApi, ofIssuer] = await Promise.all([
      CoverageProbe.attach(api.output(), 'services/api/src/'),
      CoverageProbe.attach(issuer.output(), 'services/issuer/src/'),
    ]);
    const person = await Person.signUp(api.url);
    let entered: Entered[] = [];
    const note = async (step: string, ofAnIssuer = true): Promise<void> => {
      await pause(settleMs);
      entered.push({ step, api: await ofApi.take(), issuer: ofAnIssuer ? await ofIssuer.take() : [] });
    };
    for (let run = 0; run <= warmUps; run++) {
      entered = [];
      await note('nothing');
      const login = await send<DeviceCodeResponse>(`${api.url}/api/auth/device/`, { json: {} });
      await note('start');
      const held = send<DeviceTokenSuccess>(`${api.url}/api/auth/device/token/`, {
        json: { device_code: login.body.device_code, wait: true },
      });
      await note('wait');
      // So that the approval is measured apart from the collection.
      issuer.freeze();
      await person.approve(api.url, login.body.user_code);
      await note('approval', false);
      issuer.thaw();
      const { body } = await held;
      await note('issuance and collection');
      await send(`${api.url}/api/auth/token/refresh/`, { json: { refresh: body.refresh } });
      await note('refresh');
    }
    ofApi.close();
    ofIssuer.close();
    return entered;
  } finally {
    await stack.stop();
    await redis.stop();
  }
}
