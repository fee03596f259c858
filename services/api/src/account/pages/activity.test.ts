import type { AuditEntry, AuditRecord } from '@ravi/audit';
import type { StoredGrant } from '@ravi/credentials';
import { servedAlone } from '../../../../../test/support/served-alone.ts';
import type { SignedIn } from '../../people/browser-sessions.ts';
import { OAuthClients, registeredClients } from '../../tokens/clients.ts';
import { type ActivityPagesDeps, showActivity } from './activity.ts';

const nowMs = Date.parse('2026-06-01T12:00:00Z');

/** What the log has of the account, where the next page begins, who is signed in, and what was asked for. */
let records: object[];
let next: string | null;
let signedIn: SignedIn | null;
let asked: unknown[];
let grants: Partial<StoredGrant>[];
beforeEach(() => {
  [records, next, asked, grants] = [[], null, [], []];
  signedIn = { account: { id: 7, email: 'ada@example.com' } } as SignedIn;
});

const event = (name: AuditRecord['event'], fields: object = {}, secondsAgo = 120) => ({
  id: 'e',
  at: new Date(nowMs - secondsAgo * 1000).toISOString(),
  event: name,
  user: 7,
  ...fields,
});

const deps = {
  sessions: { read: async () => signedIn, csrfTokenFor: () => 'a token' },
  auditReader: {
    aboutBefore: async (...request: unknown[]) => {
      asked.push(request);
      return { entries: records.map((record) => ({ position: '1-1', record }) as AuditEntry), next };
    },
  },
  limits: { admitActivityLook: async (id: number) => void asked.push(`look ${id}`) },
  grants: { find: async (id: string) => grants.find((grant) => grant.id === id) ?? null },
  pastDecisions: {
    all: async (id: number) => {
      asked.push(`decisions ${id}`);
      return [
        { loginId: 'l1', clientId: 'ravi-device', clientName: 'Late agent' },
        { loginId: 'l2', clientId: 'notes', clientName: 'Liar' },
        { loginId: 'l3', clientId: 'ravi-device', clientName: 'Another' },
      ];
    },
  },
  oauthClients: new OAuthClients(
    registeredClients.parse([{ client_id: 'notes', client_name: 'Notes of Nord' }]),
  ),
  clock: { nowMs: () => nowMs },
} as unknown as ActivityPagesDeps;

const show = (query = '') => servedAlone(showActivity(deps), { url: `/account/activity${query}` });

/** Each event as it is told. */
async function told(): Promise<string[]> {
  const { page } = await show();
  return (page.match(/<li>[^]*?<\/li>/gu) ?? []).map((item) =>
    item
      .replaceAll(/<[^>]*>/gu, ' ')
      .replaceAll(/\s+/gu, ' ')
      .replace(/ :/u, ':')
      .trim(),
  );
}

const address = '192.0.2.1';
test.each<[string, object, string]>([
  ['when and from where', event('signed_in', { address }), 'You signed in 2 minutes ago, from 192.0.2.1'],
  ['no address where none is known', event('signed_out'), 'You signed out 2 minutes ago'],
  ['a clock ahead of ours as now', event('signed_out', {}, -5), 'You signed out now'],
  [
    'by which factor it was',
    event('signed_in', { factor: 'recovery_code', address }),
    'You signed in 2 minutes ago, with a recovery code, from 192.0.2.1',
  ],
  [
    'which factor was set up',
    event('factor_added', { factor: 'passkey' }),
    'A second factor was set up: Passkey 2 minutes ago',
  ],
  [
    'which one was replaced',
    event('factor_replaced', { factor: 'totp' }),
    'The authenticator app was replaced: Authenticator app 2 minutes ago',
  ],
  [
    'which one was removed',
    event('factor_removed', { factor: 'totp' }),
    'A second factor was removed: Authenticator app 2 minutes ago',
  ],
  [
    'an operator, not from where they did it',
    event('account_blocked', { by: 'grace', address }),
    'The account was blocked 2 minutes ago, by whoever runs this service',
  ],
  [
    'a failed sign-in',
    event('sign_in_failed', { reason: 'wrong_password' }),
    'Somebody tried to sign in and could not 2 minutes ago',
  ],
  [
    'that a password was right',
    event('sign_in_failed', { reason: 'wrong_second_factor', factor: 'totp' }),
    'Somebody had your password, but not your second factor 2 minutes ago, with an authenticator app',
  ],
  [
    'that a wrong one came from inside',
    event('sign_in_failed', { reason: 'wrong_current_password' }),
    'Somebody who was signed in as you, or opened a link from a mail to you, entered a wrong password 2 minutes ago',
  ],
  [
    'what a denied program called itself, on one line',
    event('denied', { login: 'l9', client: 'Moon\u202E\nagent' }),
    'You denied a login: Moon agent 2 minutes ago',
  ],
])('the page tells %s', async (_, record, words) => {
  records = [record];
  expect(await told()).toEqual([words]);
});

test('a program is named by what the operator calls it, or what it called itself when it was approved; never one of others', async () => {
  grants = [
    { id: 'g1', userId: 7, clientId: 'ravi-device', clientName: 'Moon agent' },
    { id: 'g2', userId: 7, clientId: 'notes', clientName: 'Liar' },
    { id: 'g3', userId: 8, clientId: 'ravi-device', clientName: 'Alien' },
  ];
  records = [
    event('grant_ended', { grant: 'g1' }),
    event('key_created', { grant: 'g2' }),
    event('grant_ended', { grant: 'g3' }),
    event('redeemed', { grant: 'g1', login: 'l5', client: 'said then' }),
    event('approved', { login: 'l5' }),
  ];
  const names = async () => (await told()).map((words) => /: (.*) 2 minutes/u.exec(words)?.[1]);
  expect(await names()).toEqual(['Moon agent', 'Notes of Nord', undefined, 'Moon agent', 'Moon agent']);
  expect(asked).not.toContain('decisions 7');
  // Of programs that are forgotten, or that nobody has come for.
  records = [
    event('redeemed', { grant: 'gone', login: 'l6', client: 'said then' }),
    event('approved', { login: 'l6' }),
    event('grant_ended', { grant: 'gone' }),
    event('approved', { login: 'l1' }),
    event('approved', { login: 'l2' }),
    event('approved', { login: 'l9' }),
  ];
  expect(await names()).toEqual([
    'said then',
    'said then',
    'said then',
    'Late agent',
    'Notes of Nord',
    undefined,
  ]);
  expect(asked).toContain('decisions 7');
});

test('what people are not shown is left out, whatever it is called', async () => {
  records = ['issued', 'constructor', '__proto__'].map((name) => event(name as AuditRecord['event']));
  expect(await told()).toEqual([]);
  records.push(event('signed_out'));
  expect(await told()).toEqual(['You signed out 2 minutes ago']);
});

test('that nothing happened is said only where there is no more to look through', async () => {
  expect((await show()).words).toContain('Nothing happened.');
  next = '1780000000000-0';
  const { page, words } = await show();
  expect(words).not.toContain('Nothing happened.');
  expect(page).toContain(`href="/account/activity?before&#61;${next}">Older`);
  records = [event('signed_out')];
  next = null;
  expect((await show()).page).not.toMatch(/Nothing happened|\?before/u);
});

test('30 days are looked through, 50 events at a time, from where the last page ended, and each look is counted', async () => {
  await show('?before=1780000000000-12');
  const window = { sinceMs: nowMs - 30 * 86_400_000, count: 50 };
  expect(asked).toEqual(['look 7', [7, '1780000000000-12', window]]);
  for (const wrong of [
    '',
    '?before=',
    '?before=-',
    '?before=1',
    '?before=1-1&before=2-2',
    '?before=%2B%0A1-1',
  ]) {
    asked = [];
    await show(wrong);
    expect([wrong, asked]).toEqual([wrong, ['look 7', [7, '+', window]]]);
  }
});

test('without a session nothing is looked at, and the page leads to the sign-in', async () => {
  signedIn = null;
  expect((await show()).location).toBe('/signin?next=activity');
  expect(asked).toEqual([]);
});
