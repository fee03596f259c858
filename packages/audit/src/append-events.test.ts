import { encodeEvent } from './append-events.ts';
import type { AuditEvent } from './audit-events.ts';

const networkOf = (address: string) => `the network of ${address}`;
const encode = (event: object) => encodeEvent('id', 1_800_000_000_000, event as AuditEvent, networkOf);
const address = '192.0.2.1';

test('each kind of event about an account has a share, and each reason of it one of its own', () => {
  const failed = { event: 'sign_in_failed', user: 7, address };
  expect(encode(failed)).toMatchObject({ subject: '7 sign_in_failed', part: null, network: '' });
  expect(encode({ ...failed, reason: 'wrong_password' }).subject).toBe('7 sign_in_failed wrong_password');
  expect(encode({ ...failed, reason: undefined }).subject).toBe('7 sign_in_failed');
  expect(encode({ event: 'events_left_out', of: 'signed_in', user: 7 }).subject).toBe('7 events_left_out');
});

test('of what is about nobody starts have half, anything else a tenth, and the network that caused it a part of that', () => {
  const network = 'the network of 192.0.2.1';
  const started = { subject: 'nobody started', part: 1 / 2, network: `${network} started` };
  expect(encode({ event: 'started', login: 'l', client: '', address })).toMatchObject(started);
  const failed = { subject: 'nobody sign_in_failed', part: 1 / 10, network: `${network} sign_in_failed` };
  expect(encode({ event: 'sign_in_failed', reason: 'wrong_password', address })).toMatchObject(failed);
  expect(encode({ event: 'sign_in_failed', reason: 'wrong_password' }).network).toBe('');
});

test('what an operator did, and that others are left out, has no share: it is always added', () => {
  const blocked = { event: 'account_blocked', user: 7, by: 'ada', address };
  expect(encode(blocked)).toMatchObject({ subject: '', network: '' });
  expect(encode({ ...blocked, by: undefined }).subject).toBe('7 account_blocked');
  expect(encode({ event: 'events_left_out', of: 'started', address })).toMatchObject({
    subject: '',
    network: '',
  });
});

test('an event is written with its id, its time and its fields', () => {
  expect(JSON.parse(encode({ event: 'signed_in', user: 7, address }).json)).toEqual({
    id: 'id',
    at: '2027-01-15T08:00:00.000Z',
    event: 'signed_in',
    user: 7,
    address,
  });
});
