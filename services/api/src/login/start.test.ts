import { type NewLogin, readDeviceCode, verificationOf } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import type { Call } from '../http/call.ts';
import { startLogin, type StartDeps } from './start.ts';

const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
const nowMs = 1_800_000_000_000;

/** A start: what is stored of each draw, and what the program is told. `taken`: how many codes are in use already. */
async function start(
  headers: Call['headers'] = {},
  { taken = 0, traceparent, ...rules }: { taken?: number; traceparent?: string } & Partial<StartDeps> = {},
) {
  const stored: NewLogin[] = [];
  const done: string[] = [];
  let answer: Record<string, unknown> = {};
  const deps = {
    logins: {
      start: async (login: NewLogin) => {
        stored.push(login);
        return stored.length > taken;
      },
    },
    startAdmission: { admit: async (address: string) => void done.push(`admit ${address}`) },
    keys,
    clock: { nowMs: () => nowMs },
    logger: { info: (fields: object) => void done.push(`log ${Object.keys(fields).join(' ')}`) },
    publicUrl: 'https://login.example.com',
    deviceCodeTtlSeconds: 900,
    pollIntervalSeconds: 5,
    numberMatching: 'off',
    locationHeader: null,
    audit: {
      note: ({ event, client }: { event: string; client: string }) => void done.push(`${event} ${client}`),
    },
    tracing: null,
    metrics: { started: () => void done.push('counted') },
    ...rules,
  } as unknown as StartDeps;
  const reply = { send: (_: number, json: string) => (answer = JSON.parse(json) as Record<string, unknown>) };
  const call = { address: '192.0.2.1', headers, requestId: 'r', traceparent, reply } as unknown as Call;
  await startLogin(deps, call, { clientName: 'agent' });
  const [login] = stored.slice(-1);
  if (!login) throw new Error('Nothing was stored.');
  return { login, stored, done, answer };
}

test('a start is admitted, stored and answered with codes that lead to it', async () => {
  const { login, done, answer } = await start();
  const { device_code: deviceCode, user_code: userCode } = answer;
  expect(readDeviceCode(String(deviceCode), keys)).toMatchObject({
    loginId: login.loginId,
    hash: login.deviceCodeHash,
    expiresAtMs: nowMs + 900_000,
  });
  expect(login).toMatchObject({
    expiresAtMs: nowMs + 900_000,
    intervalSeconds: 5,
    clientName: 'agent',
    country: '',
  });
  expect(answer).toEqual({
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: 'https://login.example.com/device',
    verification_uri_complete: `https://login.example.com/device?user_code=${String(userCode)}`,
    expires_in: 900,
    interval: 5,
  });
  expect(done).toEqual(['admit 192.0.2.1', 'counted', 'started agent', 'log loginId requestId']);
});

test('a start that belongs to a trace is found by it in the log', async () => {
  const { done } = await start({}, { traceparent: '00-a-b-01' });
  expect(done.at(-1)).toBe('log loginId requestId traceparent');
});

test('where a code is in use another is drawn, five in all, and only what was started counts', async () => {
  const { stored, done } = await start({}, { taken: 4 });
  expect(new Set(stored.map(({ loginId }) => loginId)).size).toBe(5);
  expect(done.filter((what) => what === 'counted')).toHaveLength(1);
  await expect(start({}, { taken: 5 })).rejects.toMatchObject({
    code: 'unavailable',
    retryAfterSeconds: 1,
  });
});

test('where somebody may have to pick it, the program is told the right number', async () => {
  for (const numberMatching of ['always', 'other-network'] as const) {
    const { login, answer } = await start({}, { numberMatching });
    expect(answer['verification']).toBe(verificationOf(login.loginId, keys.current).right);
  }
});

test('a long User-Agent is cut, and an absent one is none', async () => {
  expect((await start({ 'user-agent': 'a'.repeat(65) })).login.userAgent).toBe('a'.repeat(64));
  expect((await start()).login.userAgent).toBe('');
});

test.each([
  ['se', 'SE'],
  [' DE ', 'DE'],
  ['XX', ''],
  ['ZZ', ''],
  ['T1', ''],
  ['Sweden', ''],
  [undefined, ''],
])(
  'a country that the proxy calls %p is stored as %p, and that of any other header not at all',
  async (said, country) => {
    const headers = { 'cf-ipcountry': said };
    expect((await start(headers, { locationHeader: 'cf-ipcountry' })).login.country).toBe(country);
    expect((await start(headers)).login.country).toBe('');
  },
);
