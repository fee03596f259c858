import { decodeApprovedLogin, decodeSummary, summaryFields } from './script-replies.ts';

/** The fields of a login, as Redis gives them. */
const summaryOf = (fields: Partial<Record<(typeof summaryFields)[number], string>>, nowMs = 0) =>
  decodeSummary(
    summaryFields.map((name) => fields[name] ?? null),
    nowMs,
  );

test('a login is told in its state, a pending one as expired once its time is over, and none where there is none', () => {
  const pending = { state: 'pending', v: '1', client_name: 'Moon agent', expires_at: '1000' };
  expect(summaryOf(pending, 999)).toMatchObject({ state: 'pending', clientName: 'Moon agent' });
  expect(summaryOf(pending, 1_000)?.state).toBe('expired');
  expect(summaryOf({ ...pending, state: 'denied' }, 1_000)?.state).toBe('denied');
  expect([summaryOf({}), summaryOf({ state: 'asleep' }), decodeApprovedLogin([])]).toEqual([
    null,
    null,
    null,
  ]);
});

test('a login that a newer release wrote is left as it is', () => {
  const newer = { code: 'newer_format' };
  expect(() => summaryOf({ state: 'pending', v: '2' })).toThrow(expect.objectContaining(newer));
  const approved = ['approved', ...Array.from({ length: 18 }, () => ''), '2'];
  expect(() => decodeApprovedLogin(approved)).toThrow(expect.objectContaining(newer));
  expect(decodeApprovedLogin(['approved', '7'])).toMatchObject({ state: 'approved', userId: 7 });
});
