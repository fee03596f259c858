import { setTimeout as pause } from 'node:timers/promises';
import { readDeviceCode } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { Redis } from 'ioredis';
import { ConnectionPool } from '../load/client/connection-pool.ts';
import { DeviceCalls } from '../load/client/device-calls.ts';
import { openSession } from '../load/client/session.ts';
import { SourceAddresses } from '../load/client/source-addresses.ts';
import { parseTarget, Targets } from '../load/client/target.ts';
import { nowMs } from '../load/measuring/now.ts';

/** A product on this machine, so that its clock is Redis's, with a known `SECRET`. */
export interface OpenProduct {
  readonly url: string;
  readonly redisUrl: string;
  readonly secret: string;
}

/** Times in milliseconds from the approver's request. */
export interface Course {
  /** Redis stored the approval: it is final. */
  readonly acceptedMs: number;
  /** The program had its credentials. */
  readonly answeredMs: number;
}

/** Times of logins from their approval on, one after the other on an otherwise idle machine. */
export async function coursesOf(product: OpenProduct, logins: number, everyMs: number): Promise<Course[]> {
  const { url, redisUrl, secret } = product;
  const targets = new Targets(parseTarget(url));
  const calls = new DeviceCalls(targets.first);
  const session = await openSession(url, null);
  const pool = new ConnectionPool(2, targets, new SourceAddresses(null));
  const redis = new Redis(redisUrl);
  const keys = deriveServiceKeys(new Secret(secret));
  const courses: Course[] = [];
  for (let count = 0; count < logins; count++) {
    const started = await pool.request(calls.start());
    const login = JSON.parse(started.body) as { readonly device_code: string; readonly user_code: string };
    const answered = pool.request(calls.wait(login.device_code)).then(({ status }) => {
      if (status !== 200) throw new Error(`A login came to nothing: ${status}`);
      return nowMs();
    });
    await pause(everyMs / 2);
    const fromMs = nowMs();
    const approved = pool.request(calls.decide('approve', login.user_code, session));
    const [untilMs] = await Promise.all([answered, approved]);
    const loginId = readDeviceCode(login.device_code, keys)?.loginId ?? '';
    const approvedAtUs = Number(await redis.hget(`ravi:login:{${loginId}}`, 'approved_at'));
    courses.push({ acceptedMs: approvedAtUs / 1000 - fromMs, answeredMs: untilMs - fromMs });
    await pause(everyMs / 2);
  }
  pool.close();
  redis.disconnect();
  return courses;
}
