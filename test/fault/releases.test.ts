import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceCodeResponse } from '@ravi/contract';
import { missingRelease, unpackRelease } from '../../scripts/checks/previous-release.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, loginKeyOf, poll, startLogin, waitPatiently } from '../support/program.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

type Release = 'last' | 'this';

const { redis: client, url } = await connectedRedis();

/** `npm test` lists it as left out where the history lacks the last release. */
const describeWithHistory = missingRelease() === null ? describe : describe.skip;

/** Every pair of api and issuer, there and back, one process at a time. */
const steps = [
  { replace: 'issuer', by: 'this' },
  { replace: 'api', by: 'this' },
  { replace: 'issuer', by: 'last' },
  { replace: 'api', by: 'last' },
] as const;

describeWithHistory('two releases', () => {
  test('the last release and this one run side by side, and each replaces the other, without losing a login', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ravi-test-'));
    // One folder, so that all issuers have the same signing keys.
    const settings = { DATA_DIR: directory, RECHECK_SECONDS: '1' };
    const stacks: Readonly<Record<Release, TestStack>> = {
      last: new TestStack(url, settings, unpackRelease()),
      this: new TestStack(url, settings),
    };
    try {
      let [api, issuer] = await Promise.all([stacks.last.startApi(), stacks.last.startIssuer()]);
      const apis = [api.url];
      const person = await Person.signUp(api.url);
      const approve = async (login: DeviceCodeResponse) => {
        expect((await person.approve(api.url, login.user_code)).status).toBe(200);
      };
      const issued = async (login: DeviceCodeResponse) => {
        await eventually('the login is issued', async () => {
          return (await client.hget(loginKeyOf(login.device_code), 'state')) === 'issued';
        });
      };
      let tokens = await collectedAtOnce(api, approve);

      for (const { replace, by } of steps) {
        const [held, uncollected, queued] = await Promise.all([1, 2, 3].map(() => startLogin(api.url)));
        if (!held || !uncollected || !queued) throw new Error('A login is missing.');
        const waiting = waitPatiently(apis, held.device_code);
        await approve(uncollected);
        await issued(uncollected);

        if (replace === 'issuer') {
          await stopped(issuer);
          // Its job waits for an issuer of the other release.
          await approve(queued);
          issuer = await stacks[by].startIssuer();
        } else {
          const other = await stacks[by].startApi();
          apis.push(other.url);
          // Approved at one, while it is held at the other.
          await approve(queued);
          await stopped(api);
          apis.splice(0, 1);
          api = other;
        }

        await approve(held);
        for (const answer of [
          await waiting,
          await waitPatiently(apis, queued.device_code),
          await poll(api.url, uncollected.device_code),
        ]) {
          expect(answer.status).toBe(200);
        }
        for (const login of [held, queued, uncollected]) {
          expect(await errorOnceCollected(api.url, login.device_code)).toBe('invalid_grant');
        }
        tokens = await usable(api, tokens);
      }
    } finally {
      await Promise.all([stacks.last.stop(), stacks.this.stop()]);
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

/** Ends in order. */
async function stopped(service: ServiceProcess): Promise<void> {
  expect(await service.end('SIGTERM')).toBe(0);
}

interface Tokens {
  readonly refresh: string;
  readonly management_key: string;
}

async function collectedAtOnce(
  api: ServiceProcess,
  approve: (login: DeviceCodeResponse) => Promise<void>,
): Promise<Tokens> {
  const login = await startLogin(api.url);
  const waiting = waitPatiently([api.url], login.device_code);
  await approve(login);
  return (await waiting).body;
}

/** What another pair of releases gave: the tokens are refreshed, the key works and makes another one. Returns the newest. */
async function usable(api: ServiceProcess, { refresh, management_key }: Tokens): Promise<Tokens> {
  const refreshed = await send<{ refresh: string }>(`${api.url}/api/auth/token/refresh/`, {
    json: { refresh },
  });
  expect(refreshed.status).toBe(200);
  const made = await send<{ key: string }>(`${api.url}/api/auth/keys/management/`, {
    json: { label: 'made by another release' },
    headers: { authorization: `Bearer ${management_key}` },
  });
  expect(made.status).toBe(201);
  return { refresh: refreshed.body.refresh, management_key };
}
