import {
  approvedLoginFields,
  decodeAbort,
  decodeApprovedLogin,
  decodeCompletion,
  decodeDecision,
  decodeProgress,
  decodeRedemption,
  decodeSettlement,
  decodeStart,
  decodeSummary,
  decodeWaiter,
  decodeWithdrawal,
  summaryFields,
} from './script-replies.ts';

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
  for (const state of ['pending', 'asleep'])
    expect(() => summaryOf({ state, v: '2' })).toThrow(expect.objectContaining(newer));
  const approved = ['approved', ...Array.from({ length: 18 }, () => ''), '2'];
  expect(() => decodeApprovedLogin(approved)).toThrow(expect.objectContaining(newer));
  expect(decodeApprovedLogin(['approved', '7'])).toMatchObject({ state: 'approved', userId: 7 });
});

test('the issuer learns whether a login is approved, issued and perhaps collected since, or neither, and who waits for it', () => {
  const read = (fields: Readonly<Record<string, string>>) =>
    decodeApprovedLogin(approvedLoginFields.map((name) => fields[name] ?? null));
  const stateOf = (state: string) => read({ state })?.state;
  expect(['approved', 'issued', 'denied', 'redeemed'].map(stateOf)).toEqual([
    'approved',
    'issued',
    'other',
    'issued',
  ]);
  expect(read({ state: 'approved', waiter: 'that' })?.waiter).toBe('that');
  expect(read({ state: 'approved' })?.waiter).toBeNull();
});

test('whether a decision is a repeated one is told, and who is to be woken', () => {
  expect(decodeDecision(['approved', '3'])).toEqual({
    kind: 'approved',
    startedAtMs: 3,
    again: false,
  });
  expect(decodeDecision(['approved_before', '3'])).toMatchObject({ again: true });
  expect(decodeDecision(['denied', 'that'])).toEqual({
    kind: 'denied',
    waiter: 'that',
    again: false,
  });
  expect(decodeDecision(['denied_before', ''])).toEqual({
    kind: 'denied',
    waiter: null,
    again: true,
  });
});

test.each([
  ['completed', decodeCompletion, 'redeemed'],
  ['aborted', (reply: unknown) => decodeAbort(reply), 'aborted'],
  ['withdrawn', (reply: unknown) => decodeWithdrawal(reply), 'withdrawn'],
])(
  'where a login is %s, the instance of its program and those of its pages are woken, each once',
  (_, decode, word) => {
    const woken = (...instances: readonly string[]) => {
      const outcome = decode([word, ...instances]);
      return 'kind' in outcome ? outcome.kind !== 'refused' && outcome.waiters : outcome;
    };
    expect(woken('one', 'two one three')).toEqual(['one', 'two', 'three']);
    expect(woken('', 'two')).toEqual(['two']);
    expect(woken('one', '')).toEqual(['one']);
    expect(woken('', '')).toEqual([]);
  },
);

const decoders = {
  decodeStart,
  decodeRedemption,
  decodeDecision,
  decodeSettlement,
  decodeCompletion,
  decodeProgress,
  decodeAbort,
  decodeWithdrawal,
  decodeWaiter,
};

test.each(Object.entries(decoders))('%s takes no word that it does not know for an answer', (_, decode) => {
  expect(() => decode(['perhaps'])).toThrow('perhaps');
});
