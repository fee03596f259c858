import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from '../../scripts/setup/root.mjs';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { Person } from '../support/person.ts';
import { startLogin, waitPatiently } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

type Settings = Readonly<Record<string, string>>;

const old = `${randomUUID()}${randomUUID()}`;

/** The settings of each step, as the command writes them that docs/operations.md names. */
function stepsOfRotation(): readonly Settings[] {
  const folder = mkdtempSync(join(tmpdir(), 'ravi-test-'));
  const file = join(folder, '.env');
  writeFileSync(file, `SECRET=${old}\n`);
  try {
    return [1, 2, 3].map(() => {
      execFileSync(process.execPath, [join(root, 'scripts/rotate-secret.mjs'), folder], { stdio: 'ignore' });
      return parseEnv(readFileSync(file, 'utf8')) as Settings;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const steps = stepsOfRotation();

/** Nine processes are replaced one after the other, on a machine that may do much else. */
const limitMs = 240_000;

let redis: TestRedis;
let stack: TestStack;
let issuer: ServiceProcess;
let apis: ServiceProcess[];
beforeAll(async () => {
  redis = await startRedis();
  stack = new TestStack(redis.url, { RECHECK_SECONDS: '1' });
  const secret = { SECRET: old };
  const [one, two, third] = await Promise.all([
    stack.startApi(secret),
    stack.startApi(secret),
    stack.startIssuer(secret),
  ]);
  apis = [one, two];
  issuer = third;
});
afterAll(async () => {
  await stack.stop();
  await redis.stop();
});

const urlOf = (index: number) => apis[index]?.url ?? '';

/**
 * Logins that are held at one api while something happens, and then approved at the other; and logins that start after it, each
 * approved and waited for at another api than where it started.
 */
async function across(happens: () => Promise<void>): Promise<void> {
  const person = await Person.signUp(urlOf(0));
  const urls = apis.map(({ url }) => url);
  const logins = await Promise.all([startLogin(urlOf(0)), startLogin(urlOf(1))]);
  const waiting = logins.map(({ device_code: code }) => waitPatiently(urls, code));
  await happens();
  urls.splice(0, urls.length, ...apis.map(({ url }) => url));
  for (const start of [0, 1]) {
    const login = await startLogin(urlOf(start));
    logins.push(login);
    waiting.push(waitPatiently([urlOf(1 - start)], login.device_code));
  }
  const approvals = await Promise.all(
    logins.map(({ user_code: code }, index) => person.approve(urlOf(1 - (index % 2)), code)),
  );
  expect(approvals.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
}

test(
  'SECRET is rotated one process at a time, with logins held through every replacement, and none is lost',
  async () => {
    expect(steps.map((settings) => Object.keys(settings).toSorted())).toEqual([
      ['SECRET', 'SECRET_NEXT'],
      ['SECRET', 'SECRET_PREVIOUS'],
      ['SECRET'],
    ]);
    for (const settings of steps) {
      // A code that was made before the last step lives on for DEVICE_CODE_TTL_SECONDS: the operator waits for that, this test not.
      const isLast = settings === steps.at(-1);
      const replacements = [
        async () => {
          await issuer.end('SIGTERM');
          issuer = await stack.startIssuer(settings);
        },
        ...[0, 1].map((index) => async () => {
          const before = apis[index];
          apis[index] = await stack.startApi(settings);
          await before?.end('SIGTERM');
        }),
      ];
      for (const replace of replacements) {
        if (isLast) {
          await replace();
          await across(() => Promise.resolve());
        } else await across(replace);
      }
    }
  },
  limitMs,
);

test(
  'a process with another SECRET takes no part, and says so, until the others have gone',
  async () => {
    const [issuersAdmin, apisAdmin, apisPort] = [await freePort(), await freePort(), await freePort()];
    const others = { SECRET: `${randomUUID()}${randomUUID()}` };
    const starting = Promise.all([
      stack.startIssuer({ ...others, ADMIN_PORT: String(issuersAdmin) }),
      stack.startApi({ ...others, ADMIN_PORT: String(apisAdmin), PORT: String(apisPort) }),
    ]);
    // If the test fails before they start, that is what is told.
    starting.catch(() => undefined);
    const sentence = 'This process does not serve: its SECRET differs from what is in use at';
    for (const port of [issuersAdmin, apisAdmin])
      await eventually('it says so of itself', async () => {
        const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
        return ready?.status === 503 && (await ready.text()).includes(sentence);
      });
    await eventually('both say so in the log', () => stack.output().split(sentence).length > 2);
    // The api answers no program: it would tell each that its code is unknown.
    await expect(fetch(`http://127.0.0.1:${apisPort}/`)).rejects.toThrow('fetch failed');
    // The issuer takes no jobs: it would end their logins.
    for (let login = 0; login < 4; login++) await across(() => Promise.resolve());

    await Promise.all([...apis, issuer].map((service) => service.end('SIGTERM')));
    for (const alone of await starting) expect((await fetch(`${alone.adminUrl}/readyz`)).status).toBe(200);
  },
  limitMs,
);
