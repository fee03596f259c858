import { askUntilDecided, type Decision } from './ask-until-decided.ts';
import type { LoginProgress } from './login-options.ts';
import type { AskOutcome, LoginProtocol, StartedLogin } from './protocol/protocol.ts';
import { keptLogin } from '../../../test/support/kept-login.ts';

const login: StartedLogin = {
  deviceCode: 'a-device-code',
  userCode: 'BCDF-GHJK',
  verificationUri: 'https://login.example.com/device',
  verificationUriComplete: null,
  verificationNumber: null,
  expiresInMs: 100_000,
  intervalMs: 5_000,
};
const unused = () => Promise.reject(new Error('Not used here.'));
const pending: AskOutcome = { kind: 'pending', retryAfterMs: null };
const away = (retryAfterMs: number | null): AskOutcome => ({ kind: 'away', reason: 'gone', retryAfterMs });

/** Asks an API whose answers are given, the last for ever, each after so long; time goes by only there and in pauses. */
async function ask(
  answers: readonly AskOutcome[],
  { heldMs = 0, onAsk, signal }: { heldMs?: number; onAsk?: () => void; signal?: AbortSignal } = {},
) {
  const beganMs = 1_000_000;
  let timeMs = beganMs;
  const asks: { readonly atMs: number; readonly holdSeconds: number; readonly timeoutMs: number }[] = [];
  const progress: LoginProgress[] = [];
  const pauses: number[] = [];
  const protocol: LoginProtocol = {
    start: unused,
    refresh: unused,
    end: unused,
    ask: async (asked, hold) => {
      expect(asked).toBe(login);
      if (asks.length === 1_000) throw new Error('It asks without end.');
      asks.push({ atMs: timeMs - beganMs, ...hold });
      timeMs += heldMs;
      onAsk?.();
      return answers[asks.length - 1] ?? answers.at(-1) ?? pending;
    },
  };
  const clock = {
    monotonicMs: () => timeMs,
    nowMs: () => 0,
    random: () => 0,
    pause: async (ms: number) => {
      pauses.push(ms);
      timeMs += ms;
    },
  };
  const onProgress = (told: LoginProgress) => void progress.push(told);
  const decision = await askUntilDecided({ protocol, login, onProgress, signal }, clock);
  return { decision, asks, progress, pauses };
}

test('a request asks to be held for 25 s, and waits 15 s more for its answer, at the end for no longer than the code is good', async () => {
  const { decision, asks } = await ask([pending], { heldMs: 30_000 });
  expect(decision).toEqual({ kind: 'expired' });
  const whole = { holdSeconds: 25, timeoutMs: 40_000 };
  expect(asks).toEqual([
    { atMs: 0, ...whole },
    { atMs: 30_000, ...whole },
    { atMs: 60_000, ...whole },
    { atMs: 90_000, holdSeconds: 25, timeoutMs: 25_000 },
    { atMs: 120_000, holdSeconds: 25, timeoutMs: 15_000 },
  ]);
});

test('a pause is at most an interval longer than the code is good, and one request follows its end', async () => {
  const { decision, asks, pauses } = await ask([pending, away(600_000)]);
  expect(decision).toEqual({ kind: 'expired' });
  expect(asks.map(({ atMs }) => atMs)).toEqual([0, 5_250, 105_000]);
  expect(pauses).toEqual([5_250, 99_750]);
});

test.each([
  [30_000, [0, 31_500, 130_000]],
  [40_000, [0, 42_000]],
])(
  'no request follows its end later than 30 s: where the interval is %d ms, they come at %j',
  async (intervalMs, times) => {
    const { decision, asks, pauses } = await ask([{ kind: 'slowDown', intervalMs }, away(600_000)]);
    expect(decision).toEqual({ kind: 'expired' });
    expect(asks.map(({ atMs }) => atMs)).toEqual(times);
    expect(pauses.reduce((sum, ms) => sum + ms)).toBe(Math.max(100_000, ...times));
  },
);

const refused: AskOutcome = { kind: 'failed', code: 'refused', message: 'Unknown.' };
const granted: AskOutcome = { kind: 'granted', credentials: keptLogin };

test.each<[string, AskOutcome, Decision]>([
  ['granted', granted, granted],
  ['denied', { kind: 'denied' }, { kind: 'denied' }],
  ['expired', { kind: 'expired' }, { kind: 'expired' }],
  ['pending', pending, { kind: 'expired' }],
  ['away', away(null), { kind: 'expired' }],
  ['refused', refused, { kind: 'expired' }],
])('what was decided while nobody answered, until the code had expired, counts: %s', async (_, last, end) => {
  const { decision, asks } = await ask([away(600_000), last]);
  expect(decision).toEqual(end);
  expect(asks).toHaveLength(2);
});

test('one that is aborted in the request after the end of the code is aborted', async () => {
  const aborting = new AbortController();
  let asks = 0;
  const onAsk = () => void (++asks === 2 && aborting.abort());
  const { decision } = await ask([away(600_000), away(null)], { onAsk, signal: aborting.signal });
  expect(decision).toEqual({ kind: 'aborted' });
});

test('an answer before its time is asked again when it says, however long it was held', async () => {
  const early: AskOutcome = { kind: 'pending', retryAfterMs: 1_000 };
  const { pauses } = await ask([early, pending], { heldMs: 20_000 });
  expect(pauses.slice(0, 2)).toEqual([1_000, 0]);
});

test('a slow_down makes the pauses longer', async () => {
  const { pauses } = await ask([{ kind: 'slowDown', intervalMs: 20_000 }, pending]);
  expect(pauses.slice(0, 2)).toEqual([21_000, 21_000]);
});

test('an outage is told with the time of the next request, and its end once', async () => {
  const { progress } = await ask([away(null), away(60_000), pending, pending, { kind: 'denied' }]);
  expect(progress).toEqual([
    { kind: 'away', reason: 'gone', retryInMs: 5_250 },
    { kind: 'away', reason: 'gone', retryInMs: 60_000 },
    { kind: 'back' },
  ]);
});

test('one that was aborted before asks nothing', async () => {
  const { decision, asks } = await ask([pending], { signal: AbortSignal.abort() });
  expect(decision).toEqual({ kind: 'aborted' });
  expect(asks).toEqual([]);
});

test('one that is aborted meanwhile tells of no outage, and waits no more', async () => {
  const aborting = new AbortController();
  const how = { onAsk: () => aborting.abort(), signal: aborting.signal };
  const { decision, asks, progress, pauses } = await ask([away(null)], how);
  expect(decision).toEqual({ kind: 'aborted' });
  expect([asks.length, progress, pauses]).toEqual([1, [], []]);
});
