import { z } from 'zod';
import { approvalFields, approvalRequest } from './approval-request.ts';

const fields = z.object(approvalFields);
const ttlOf = (keyTtl: unknown) => {
  const read = fields.safeParse({ key_ttl: keyTtl });
  return read.success ? approvalRequest(read.data).keys.ttlSeconds : 'refused';
};

test('keys live from a minute to ten years, or as long as the operator says', () => {
  expect([undefined, null, ''].map(ttlOf)).toEqual([null, null, null]);
  expect([60, '60', 315_360_000, '315360000'].map(ttlOf)).toEqual([60, 60, 315_360_000, 315_360_000]);
  for (const bad of [59, '59', 315_360_001, '315360001', 60.5, '60.5', -60, 'soon', true])
    expect([bad, ttlOf(bad)]).toEqual([bad, 'refused']);
});

test('an approval names no identity, one of those there are, or a new one', () => {
  const uuid = '0b0f9a3e-6f0c-4b2a-9c51-8f1b7f1f6f10';
  const identityOf = (asked: Readonly<Record<string, string>>) =>
    approvalRequest(fields.parse(asked)).identity;
  expect(identityOf({})).toEqual({ kind: 'none' });
  expect(identityOf({ identity_uuid: '', identity_name: 'Buyer' })).toEqual({ kind: 'none' });
  expect(identityOf({ identity_uuid: uuid })).toEqual({ kind: 'existing', uuid });
  expect(identityOf({ identity_uuid: 'new', identity_name: 'Buyer' })).toEqual({
    kind: 'new',
    name: 'Buyer',
  });
  expect(fields.safeParse({ identity_uuid: 'mine' }).success).toBe(false);
});
