import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { patientPerson, startPatiently } from '../support/patience.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, waitPatiently } from '../support/program.ts';
import { startOwnRedis } from '../support/redis.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { TestStack } from '../support/services.ts';

const folder = mkdtempSync(join(tmpdir(), 'ravi-disk-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program; false if it fails. */
const runs = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0;
/** Puts a disk of 16 MB at the folder. False where this user may not. */
const mount = () => runs('mount', '-t', 'tmpfs', '-o', 'size=16m', 'ravi-test', folder);
const unmount = () => runs('umount', folder);

const describeWithDisk = hasRedisServer && mount() && unmount() ? describe : describe.skip;

describeWithDisk('a Redis whose disk is full', () => {
  beforeAll(() => void mount());
  afterAll(() => void unmount());

  test('is an outage with its own word: 503, waits stay, and all goes on once there is room', async () => {
    const redis = await startOwnRedis(folder);
    const admin = new Redis(redis.url);
    // With "always" Redis ends where it cannot write.
    await admin.config('SET', 'appendfsync', 'everysec');
    const stack = new TestStack(redis.url, { RECHECK_SECONDS: '1' });
    try {
      const [api, issuer] = await Promise.all([stack.startApi(), stack.startIssuer()]);
      const approve = patientPerson(await Person.signUp(api.url), api.url);
      const login = await startLogin(api.url);
      const waiting = waitPatiently([api.url], login.device_code);
      const filling = join(folder, 'filling');
      runs('dd', 'if=/dev/zero', `of=${filling}`, 'bs=64k');
      await eventually('starts are refused', async () => {
        return (await send(`${api.url}/api/auth/device/`)).status === 503;
      });
      await eventually('the log says why', () =>
        /"reason":"misconf","redis":"MISCONF [^"]*No space left on device/.test(api.output()),
      );
      expect((await poll(api.url, login.device_code)).body.error).toBe('authorization_pending');
      await eventually('the issuer says why it is not ready', async () => {
        const answer = await fetch(`${issuer.adminUrl}/readyz`);
        return answer.status === 503 && (await answer.text()).includes('MISCONF');
      });

      writeFileSync(filling, '');
      await startPatiently(api.url);
      await approve(login.user_code);
      expect((await waiting).status).toBe(200);
    } finally {
      admin.disconnect();
      await stack.stop();
      await redis.stop();
    }
  });
});
