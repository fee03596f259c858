import { WrongCodesAlarm, type WrongCodesAlarmDeps } from './wrong-codes-alarm.ts';

/** An alarm at the third wrong code. */
function open() {
  const counts = new Map<string, number>();
  const state = {
    nowMs: 1_800_000_000_000,
    isAway: false,
    told: Array.of<string>(),
    ttls: new Set<number>(),
  };
  const alarm = new WrongCodesAlarm({
    redis: {
      incr: async (key: string) => {
        if (state.isAway) throw new Error('Connection is closed.');
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return counts.get(key);
      },
      pexpire: async (_: string, ms: number) => state.ttls.add(ms),
    },
    clock: { nowMs: () => state.nowMs },
    logger: {
      debug: () => undefined,
      warn: (fields: object) => void state.told.push(`log ${JSON.stringify(fields)}`),
    },
    threshold: 3,
    onWrongCode: () => void state.told.push('wrong'),
    onAlarm: () => void state.told.push('alarm'),
  } as unknown as WrongCodesAlarmDeps);
  const wrongCodes = async (count: number) => {
    state.told = [];
    for (let at = 0; at < count; at++) await alarm.wrongCode();
    return state.told;
  };
  return { state, wrongCodes };
}

const alarmed = ['wrong', 'wrong', 'wrong', 'alarm', 'log {"wrongCodes":3,"periodSeconds":900}'];

test('the wrong code that is one too many raises the alarm, once in a quarter of an hour', async () => {
  const { state, wrongCodes } = open();
  expect(await wrongCodes(2)).toEqual(['wrong', 'wrong']);
  state.nowMs += 899_999;
  expect(await wrongCodes(3)).toEqual([...alarmed.slice(2), 'wrong', 'wrong']);
  state.nowMs += 1;
  expect(await wrongCodes(3)).toEqual(alarmed);
  // A count outlives its period, and no longer than by another one.
  expect(state.ttls).toEqual(new Set([1_800_000]));
});

test('a wrong code that cannot be counted delays nobody', async () => {
  const { state, wrongCodes } = open();
  state.isAway = true;
  expect(await wrongCodes(4)).toEqual(['wrong', 'wrong', 'wrong', 'wrong']);
});
