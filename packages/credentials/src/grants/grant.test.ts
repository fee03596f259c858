import { endsUnused, type Grant, grantFields, grantTtlMs, readGrant, storedGrantFields } from './grant.ts';

const dayMs = 86_400_000;
const nowMs = 1_800_000_000_000;

/** A grant that came with these keys, and ends at these times. */
const grantWith = (keyIds: readonly string[], expiresAtMs: number | null, refreshExpiresAtMs: number) => ({
  keyIds,
  expiresAtMs,
  refreshExpiresAtMs,
});

test('a grant rests until nothing of it can be valid: with keys until it is idle, without a day longer than its refresh token, and never beyond its end', () => {
  const idleMs = 30 * dayMs;
  const ttlOf = (its: ReturnType<typeof grantWith>) => grantTtlMs(its, nowMs, idleMs);
  expect(ttlOf(grantWith(['key'], null, nowMs + 1_000))).toBe(idleMs);
  expect(ttlOf(grantWith([], null, nowMs + 1_000))).toBe(dayMs + 1_000);
  expect(ttlOf(grantWith([], null, nowMs + 60 * dayMs))).toBe(idleMs);
  expect(ttlOf(grantWith(['key'], nowMs + 5_000, nowMs + 1_000))).toBe(5_000);
  expect(ttlOf(grantWith([], nowMs + 5_000, nowMs + 1_000))).toBe(5_000);
  // Redis takes no time to live that is over already.
  expect(ttlOf(grantWith([], nowMs - 5_000, nowMs + 1_000))).toBe(1);
});

test('a grant ends unused where it leaves more than a minute before the end that was set for it', () => {
  const endsAtMs = nowMs;
  expect(endsUnused(grantWith(['key'], null, nowMs), endsAtMs)).toBe(true);
  expect(endsUnused(grantWith(['key'], nowMs + 60_001, nowMs), endsAtMs)).toBe(true);
  expect(endsUnused(grantWith(['key'], nowMs + 60_000, nowMs), endsAtMs)).toBe(false);
  expect(endsUnused(grantWith(['key'], nowMs, nowMs), endsAtMs)).toBe(false);
  // The record stays for a day longer than the refresh token.
  expect(endsUnused(grantWith([], null, nowMs - dayMs + 60_001), endsAtMs)).toBe(true);
  expect(endsUnused(grantWith([], null, nowMs - dayMs + 60_000), endsAtMs)).toBe(false);
});

test('a grant is read as it was written, active or ended; of another state, or of a newer release, it is none', () => {
  const grant: Grant = {
    id: 'the-grant',
    userId: 7,
    accountEpoch: '5',
    clientId: 'moon',
    clientName: 'Moon agent',
    address: '192.0.2.1',
    userAgent: 'moon/1',
    createdAtMs: 1,
    identityUuid: 'an-identity',
    scope: 'identity',
    requestedScope: 'mail',
    resource: 'https://mail.example.com',
    keyThumbprint: 'a-key',
    refreshJti: 'a-jti',
    refreshExpiresAtMs: 9,
    keyIds: ['one', 'other'],
    expiresAtMs: 8,
  };
  const read = (more: Readonly<Record<string, string>>, of = grant) => {
    const words = grantFields(of);
    const written = words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1] ?? '']] : []));
    const fields: Readonly<Record<string, string>> = { ...Object.fromEntries(written), ...more };
    return readGrant(
      of.id,
      storedGrantFields.map((name) => fields[name] ?? null),
    );
  };
  const fresh = { endedReason: '', refreshSeq: 1, refreshedAtMs: null, lastUsedAtMs: null };
  expect(read({ state: 'active' })).toEqual({ ...grant, ...fresh, state: 'active' });
  const whole = { ...grant, scope: 'account', identityUuid: '', keyIds: [], expiresAtMs: null } as const;
  expect(read({ state: 'active' }, whole)).toEqual({ ...whole, ...fresh, state: 'active' });
  const moved = { state: 'ended', ended_reason: 'revoked', refreshed_at: '3', last_used_at: '4' };
  expect(read({ ...moved, refresh_seq: '2' })).toMatchObject({
    state: 'ended',
    endedReason: 'revoked',
    refreshSeq: 2,
    refreshedAtMs: 3,
    lastUsedAtMs: 4,
  });
  expect([read({}), read({ state: 'asleep' })]).toEqual([null, null]);
  for (const state of ['active', 'asleep'])
    expect(() => read({ state, v: '2' })).toThrow('A grant has format 2');
});
