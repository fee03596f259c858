import type { AuditEvent } from '@ravi/audit';
import { type GrantStore, type IssuedLogin, writeIssuedLogin } from '@ravi/credentials';
import { LoginStore } from '@ravi/device-login';
import { deriveResultKey, sealResult } from '@ravi/sealing';
import { HeldWaits } from '../../services/api/src/login/held-waits.ts';
import { Redeemer, type RedeemerDeps } from '../../services/api/src/login/redeemer.ts';
import type { World } from './credential-world.ts';
import type { FakeClient } from './fake-response.ts';
import type { LoginBench, StoredLogin } from './logins.ts';

/** Takes the place of each step for which an api waits: runs it, and may let something else happen around it. */
export type Around = <T>(step: () => Promise<T>) => Promise<T>;

export interface TwoApisOptions {
  readonly bench: LoginBench;
  readonly world: World;
  readonly around?: Around;
  /** Called for each event that an api notes. */
  readonly onEvent?: (event: AuditEvent) => void;
}

/** What of an api hands over logins. */
export interface Api {
  readonly redeemer: Redeemer;
  readonly waits: HeldWaits;
  /** A program asks for a login: waits, or polls. Resolves once it is answered or held. */
  ask(how: 'wait' | 'poll', login: StoredLogin, client: FakeClient): Promise<void>;
}

const ignored = () => undefined;
const silent = { debug: ignored, info: ignored, warn: ignored, error: ignored };

/** Two apis, `i1` and `i2`, over a real Redis, which wake each other, without their processes. */
export function twoApis({
  bench,
  world,
  around = (step) => step(),
  onEvent = ignored,
}: TwoApisOptions): readonly [Api, Api] {
  const store = new LoginStore(bench.redis, bench.prefix);
  const logins = {
    redeem: (...args: Parameters<LoginStore['redeem']>) => around(() => store.redeem(...args)),
    complete: (...args: Parameters<LoginStore['complete']>) => around(() => store.complete(...args)),
    release: (...args: Parameters<LoginStore['release']>) => around(() => store.release(...args)),
    stillWaiting: (...args: Parameters<LoginStore['stillWaiting']>) => store.stillWaiting(...args),
  };
  const grants = {
    add: (...args: Parameters<GrantStore['add']>) => around(() => world.grants.add(...args)),
    replicated: (...args: Parameters<GrantStore['replicated']>) =>
      around(() => world.grants.replicated(...args)),
  };
  const open = (instance: string): Api => {
    const deps = {
      logins,
      accountStore: world.accounts,
      grants,
      revocation: world.revocation,
      queue: { addAgain: () => Promise.resolve() },
      withdrawnApprovals: { endIfWithdrawn: () => Promise.resolve('stands'), forget: ignored },
      clock: { nowMs: () => Date.now() },
      instance,
      pollIntervalSeconds: 5,
      logger: silent,
      audit: { note: onEvent },
      bind: () => Promise.resolve(null),
      wake: (other: string, loginId: string) => around(async () => apis.get(other)?.waits.onWakeup(loginId)),
      onRedeemed: ignored,
      onExpired: ignored,
      onUnavailable: ignored,
      tracing: null,
    } as unknown as RedeemerDeps;
    const redeemer = new Redeemer(deps);
    const waits = new HeldWaits({ ...deps, redeemer, maxHeld: 100, onUnavailable: ignored });
    return {
      redeemer,
      waits,
      ask(how, { deviceCode }, { reply }) {
        const code = { ...deviceCode, address: '192.0.2.9', askedAtMs: Date.now() };
        return how === 'wait' ? waits.hold(code, reply, 60_000) : redeemer.poll(code, reply);
      },
    };
  };
  const [one, two] = [open('i1'), open('i2')];
  const apis = new Map([
    ['i1', one],
    ['i2', two],
  ]);
  return [one, two];
}

/** What the issuer does for an approved login. Resolves to the instance to wake. */
export async function settle(
  bench: LoginBench,
  { deviceCode }: StoredLogin,
  issued: Pick<IssuedLogin, 'grant' | 'keys'>,
): Promise<string | null> {
  const result = writeIssuedLogin({
    ...issued,
    accessExpiresAtMs: Date.now() + 3_600_000,
    answer: '{"access":"it"}',
  });
  const sealed = sealResult(result, deviceCode.loginId, deriveResultKey(deviceCode.bytes));
  const settled = await bench.store.settle(deviceCode.loginId, sealed);
  return settled.kind === 'issued' ? settled.waiter : null;
}
