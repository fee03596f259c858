import { lifetimeSettings, parseSettings } from '@ravi/runtime';
import { apiKeyEnd, readLifetimes, tokensEndAtMs } from './lifetimes.ts';

const read = (env: Readonly<Record<string, string>>) => readLifetimes(parseSettings(env, lifetimeSettings));
const dayMs = 86_400_000;

test('an unused login rests for PROGRAM_IDLE_DAYS; with 0 it does not end, and its record leaves Redis after ten years', () => {
  expect(read({ PROGRAM_IDLE_DAYS: '30' })).toMatchObject({
    programIdleMs: 30 * dayMs,
    programsEndUnused: true,
  });
  expect(read({ PROGRAM_IDLE_DAYS: '1' })).toMatchObject({ programIdleMs: dayMs, programsEndUnused: true });
  expect(read({ PROGRAM_IDLE_DAYS: '0' })).toMatchObject({
    programIdleMs: 3_650 * dayMs,
    programsEndUnused: false,
  });
});

test('a key ends as was asked, else after its default, and never later than the operator and its maker allow', () => {
  const endOf = (
    ttlSeconds: number | null,
    makerEndsAtMs: number | null,
    byDefault: number | null,
    max: number | null,
  ) =>
    apiKeyEnd(
      { ...read({}), apiKeyDefaultSeconds: byDefault, apiKeyMaxSeconds: max },
      { nowMs: 1_000, ttlSeconds, makerEndsAtMs },
    );
  expect(endOf(null, null, null, null)).toBeNull();
  expect(endOf(60, null, null, null)).toBe(61_000);
  expect(endOf(60, null, 30, null)).toBe(61_000);
  expect(endOf(null, null, 30, null)).toBe(31_000);
  expect(endOf(60, null, 30, 40)).toBe(41_000);
  expect(endOf(null, null, null, 40)).toBe(41_000);
  expect(endOf(60, 5_000, 30, 40)).toBe(5_000);
  expect(endOf(null, 5_000, null, null)).toBe(5_000);
});

test('tokens end with their grant, and so long after the login as the operator allows', () => {
  const endOf = (expiresAtMs: number | null, refreshTokenMaxSeconds: number | null) =>
    tokensEndAtMs({ createdAtMs: 1_000, expiresAtMs }, { ...read({}), refreshTokenMaxSeconds });
  expect([endOf(null, null), endOf(5_000, null), endOf(null, 3), endOf(5_000, 3), endOf(2_000, 3)]).toEqual([
    null,
    5_000,
    4_000,
    4_000,
    2_000,
  ]);
});
