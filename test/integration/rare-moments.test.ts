import { setImmediate as turn } from 'node:timers/promises';
import { writeIssuedLogin } from '@ravi/credentials';
import { LoginStore } from '@ravi/device-login';
import { deriveResultKey, sealResult } from '@ravi/sealing';
import { HeldWaits } from '../../services/api/src/login/held-waits.ts';
import { Redeemer, type RedeemerDeps } from '../../services/api/src/login/redeemer.ts';
import { World } from '../support/credential-world.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClient, type Writing } from '../support/fake-response.ts';
import { LoginBench, type StoredLogin } from '../support/logins.ts';
import { randomFrom, seed } from '../support/random.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let bench: LoginBench;
let world: World;
beforeAll(async () => {
  redis = await startRedis();
  bench = await LoginBench.open(redis.url);
  world = new World(bench.redis);
});
afterAll(async () => {
  await world.revocation.close();
  bench.close();
  await redis.stop();
});

const rounds = 60;
const ignored = () => undefined;
const silent = { debug: ignored, info: ignored, warn: ignored, error: ignored };

/** The logins as one api sees them; a test can let something else happen around each command. */
class DisturbedLogins extends LoginStore {
  disturb: () => Promise<void> = () => Promise.resolve();

  async #around<T>(command: () => Promise<T>): Promise<T> {
    await this.disturb();
    const result = await command();
    await this.disturb();
    return result;
  }

  override redeem(...args: Parameters<LoginStore['redeem']>) {
    return this.#around(() => super.redeem(...args));
  }

  override complete(...args: Parameters<LoginStore['complete']>) {
    return this.#around(() => super.complete(...args));
  }

  override release(...args: Parameters<LoginStore['release']>) {
    return this.#around(() => super.release(...args));
  }
}

/** Two apis that wake each other, without their processes. */
function twoApis(disturb: () => Promise<void>) {
  const apis = new Map(
    ['i1', 'i2'].map((instance) => {
      const logins = new DisturbedLogins(bench.redis, bench.prefix);
      logins.disturb = disturb;
      const deps = {
        logins,
        accountStore: world.accounts,
        grants: world.grants,
        revocation: world.revocation,
        queue: { addAgain: () => Promise.resolve() },
        withdrawnApprovals: { endIfWithdrawn: () => Promise.resolve('stands'), forget: ignored },
        clock: { nowMs: () => Date.now() },
        instance,
        pollIntervalSeconds: 5,
        logger: silent,
        audit: { note: ignored },
        bind: () => Promise.resolve(null),
        wake: async (other: string, loginId: string) => {
          await disturb();
          apis.get(other)?.waits.onWakeup(loginId);
        },
        onRedeemed: ignored,
        onExpired: ignored,
        onUnavailable: ignored,
        tracing: null,
      } as unknown as RedeemerDeps;
      const redeemer = new Redeemer(deps);
      const waits = new HeldWaits({ ...deps, redeemer, maxHeld: 100, onUnavailable: ignored });
      return [instance, { redeemer, waits }] as const;
    }),
  );
  return [...apis.values()];
}

/** What the issuer does for an approved login. Resolves with the instance to wake. */
async function issue({ deviceCode }: StoredLogin, userId: number, epoch: string): Promise<string | null> {
  const { grant } = await world.redeem(userId, epoch, '', 'account');
  const result = writeIssuedLogin({
    grant: { ...grant, id: `${grant.id}x`, keyIds: [] },
    keys: [],
    accessExpiresAtMs: Date.now() + 3_600_000,
    answer: '{"access":"it"}',
  });
  const sealed = sealResult(result, deviceCode.loginId, deriveResultKey(deviceCode.bytes));
  const settled = await bench.store.settle(deviceCode.loginId, sealed);
  return settled.kind === 'issued' ? settled.waiter : null;
}

test(`whoever leaves, fails or is slow at whatever moment: one program gets the credentials, and they are never lost (seed ${seed})`, async () => {
  const person = await world.person();
  const epoch = (await world.accounts.read(person.id))?.account.epoch ?? '';
  const outcomes = { written: 0, leftToTheNext: 0 };
  for (let round = 0; round < rounds; round++) {
    const random = randomFrom(seed + round);
    const login = await bench.start();
    const { loginId } = login.deviceCode;
    const clients: FakeClient[] = [];
    const pause = async () => {
      for (let turns = Math.floor(random() * 4); turns > 0; turns--) await turn();
    };
    const disturb = async () => {
      const chance = random();
      if (chance < 0.1) clients[Math.floor(random() * clients.length)]?.leave();
      if (chance > 0.9) apis[Math.floor(random() * 2)]?.waits.onWakeup(loginId);
      await pause();
    };
    const apis = twoApis(disturb);
    const writing = (): Writing => {
      const chance = random();
      return chance < 0.6 ? 'written' : chance < 0.8 ? 'lost' : 'throws';
    };
    const ask = async () => {
      const client = new FakeClient(writing, pause);
      clients.push(client);
      const api = apis[Math.floor(random() * 2)];
      const code = { ...login.deviceCode, address: '', askedAtMs: Date.now() };
      const asked =
        random() < 0.7 ? api?.waits.hold(code, client.reply, 5_000) : api?.redeemer.poll(code, client.reply);
      await asked?.catch(ignored);
    };
    const asking = [ask(), ask(), ask()];
    await pause();
    await bench.store.approve(loginId, person.id, '', undefined, undefined, epoch);
    asking.push(ask());
    const waiter = await issue(login, person.id, epoch);
    asking.push(ask());
    for (const { waits } of waiter === null ? [] : apis) waits.onWakeup(loginId);
    await Promise.all(asking);
    for (let turns = 0; turns < 20; turns++) await disturb();
    for (const { waits } of apis) waits.close();
    // Every program is answered or has left, and Redis knows what became of each answer.
    await eventually(`round ${round} comes to rest`, async () => {
      await Promise.all(apis.map(({ redeemer }) => redeemer.allNoted()));
      const fields = await bench.redis.hgetall(bench.keyOf(login));
      return clients.every(({ reply }) => reply.isOver) && fields['lease'] === undefined;
    });
    const got = clients.filter(({ received }) => received?.status === 200).length;
    expect(got).toBeLessThanOrEqual(1);
    const next = await bench.redeem(login);
    expect([round, got, next.kind]).toEqual([round, got, got === 1 ? 'redeemed' : 'issued']);
    outcomes[got === 1 ? 'written' : 'leftToTheNext']++;
  }
  // Both courses were seen.
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(2);
});

test('a held request whose wake-up is lost is answered by the next sweep, and not by one before', async () => {
  const person = await world.person();
  const epoch = (await world.accounts.read(person.id))?.account.epoch ?? '';
  const login = await bench.start();
  const [api] = twoApis(() => Promise.resolve());
  const client = new FakeClient(
    () => 'written',
    () => Promise.resolve(),
  );
  await api?.waits.hold({ ...login.deviceCode, address: '', askedAtMs: Date.now() }, client.reply, 60_000);
  await api?.waits.sweep(0);
  expect(client.received).toBeNull();
  await bench.store.approve(login.deviceCode.loginId, person.id, '', undefined, undefined, epoch);
  expect(await issue(login, person.id, epoch)).toBe('i1');
  await api?.waits.sweep(0);
  await eventually('the sweep answers it', () => client.received);
  expect(client.received?.status).toBe(200);
  await api?.redeemer.allNoted();
  api?.waits.close();
});
