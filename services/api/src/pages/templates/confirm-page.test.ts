import { confirmPage, type ConfirmInput } from './confirm-page.ts';
import { textsFor } from './texts/texts-for.ts';

const texts = textsFor(['en']);
const input: ConfirmInput = {
  csrfToken: 'token',
  userCode: 'BCDF-GHJK',
  client: {
    name: 'Claude Code on build-7',
    address: '203.0.113.7',
    userAgent: 'curl/8.5.0',
    requestedSecondsAgo: 42,
    sameNetworkAsYou: true,
  },
  account: { email: 'ada@example.com', name: 'Ada Lovelace' },
  identities: [],
  asked: 'account',
  numbers: [],
  canAddIdentity: true,
};
const identities = [
  { uuid: 'one', name: 'Ada Quinn', email: 'ada.quinn@example.com' },
  { uuid: 'two', name: 'Bruno Vale', email: 'bruno.vale@example.com' },
];

function decisionForm(page: string): string {
  return page.match(/<form[^>]*action="\/device\/decision"[\s\S]*?<\/form>/u)?.[0] ?? '';
}

/** @shows RFC 10027 §6.1.14, RFC 10027 §6.1.16 */
test('both decisions are buttons of one form that carries the code, and a stray Enter key denies', () => {
  const form = decisionForm(confirmPage(input, texts));
  expect(form).toContain('name="user_code" value="BCDF-GHJK"');
  expect([...form.matchAll(/name="decision" value="(\w+)"/gu)].map((match) => match[1])).toEqual([
    'deny',
    'approve',
  ]);
});

/** @shows RFC 8628 §5.3 */
test('what the program says of itself stands below "not verified", what we saw above', () => {
  const page = confirmPage(input, texts);
  const divide = page.indexOf(texts.confirm.unverified);
  expect(page.indexOf('203.0.113.7')).toBeLessThan(divide);
  expect(page.indexOf('42 seconds ago')).toBeLessThan(divide);
  expect(page.indexOf('Claude Code on build-7')).toBeGreaterThan(divide);
  expect(page.indexOf('curl/8.5.0')).toBeGreaterThan(divide);
});

test('a registered name stands above "not verified", with what the program asks for', () => {
  const client = { ...input.client, name: undefined, registeredName: 'Notes', scope: 'account notes:read' };
  const page = confirmPage({ ...input, client }, texts);
  const divide = page.indexOf(texts.confirm.unverified);
  expect(page.indexOf('<bdi>Notes</bdi>')).toBeGreaterThan(0);
  expect(page.indexOf('<bdi>Notes</bdi>')).toBeLessThan(divide);
  expect(page.indexOf('account notes:read')).toBeLessThan(divide);
});

/** @shows RFC 10027 §6.1.5 */
test('a name that hides or reorders characters is shown without them', () => {
  const name = 'Ravi\u202Etroppus\u200B';
  const page = confirmPage({ ...input, client: { ...input.client, name, userAgent: name } }, texts);
  expect(page).toContain('<bdi>Ravitroppus</bdi>');
  expect(page).not.toMatch(/[\u200B\u202E]/u);
});

test('a program that says nothing of itself is said to say nothing', () => {
  const client = { address: '::1', requestedSecondsAgo: 0, sameNetworkAsYou: true };
  expect(confirmPage({ ...input, client }, texts)).toContain(texts.confirm.saysNothing);
});

/** @shows RFC 8628 §5.4, RFC 10027 §6.1.1 */
test('the warning appears exactly when the program asked from another address', () => {
  const elsewhere = { ...input, client: { ...input.client, sameNetworkAsYou: false } };
  expect(confirmPage(elsewhere, texts)).toContain(texts.confirm.otherNetwork);
  expect(confirmPage(input, texts)).not.toContain(texts.confirm.otherNetwork);
});

test('the page names the account that would be opened, and the way out of it keeps the code', () => {
  const page = confirmPage(input, texts);
  expect(page).toContain('Ada Lovelace (ada@example.com)');
  const signOut = page.match(/<form[^>]*action="\/signout"[\s\S]*?<\/form>/u)?.[0];
  expect(signOut).toContain('name="user_code" value="BCDF-GHJK"');
});

test('an account with several identities is asked for one, and none of them is chosen beforehand', () => {
  const form = decisionForm(confirmPage({ ...input, identities }, texts));
  expect(
    [...form.matchAll(/name="identity_uuid" value="(\w*)"\s*(checked)?/gu)].map((m) => [m[1], m[2]]),
  ).toEqual([
    ['', 'checked'],
    ['one', undefined],
    ['two', undefined],
    ['new', undefined],
  ]);
  expect(form).toContain(texts.confirm.identityHint);
});

test('an account with one identity keeps it unless a new one is unfolded and chosen', () => {
  const form = decisionForm(confirmPage({ ...input, identities: identities.slice(0, 1) }, texts));
  const folded = form.match(/<details\s*>[\s\S]*<\/details>/u)?.[0] ?? '';
  expect([...folded.matchAll(/name="identity_uuid" value="(\w*)"\s*(checked)?/gu)].map((m) => m[1])).toEqual([
    '',
    'new',
  ]);
  expect(folded).toMatch(/value="" checked/u);
});

test('an account with a hundred identities chooses from a list, on a page that stays small', () => {
  const many = Array.from({ length: 100 }, (_, i) => ({
    uuid: `01234567-0123-8123-8123-${String(i).padStart(12, '0')}`,
    name: `Ada Lovelace the ${i}th`,
    email: `ada.lovelace.${i}@agents.example.com`,
  }));
  const chosen = { identity: many[42]?.uuid ?? '' };
  const page = confirmPage({ ...input, identities: many, chosen, canAddIdentity: false }, texts);
  const list = page.match(/<select id="identity_uuid"[\s\S]*?<\/select>/u)?.[0] ?? '';
  expect(list.match(/<option/gu)).toHaveLength(101);
  expect(list).toContain(`value="${chosen.identity}" selected`);
  expect(Buffer.byteLength(page)).toBeLessThan(30_000);
});

test('an account that may have no more identities is not offered a new one', () => {
  const page = confirmPage({ ...input, identities, canAddIdentity: false }, texts);
  expect(page).not.toMatch(/value="new"|identity_name/u);
});

test('the page offers the whole account without expiry, and less of either', () => {
  const form = decisionForm(confirmPage(input, texts));
  expect(
    [...form.matchAll(/name="key_scope" value="(\w+)"\s*(checked)?/gu)].map((m) => [m[1], m[2]]),
  ).toEqual([
    ['account', 'checked'],
    ['identity', undefined],
  ]);
  expect([...form.matchAll(/<option value="(\d*)"\s*(selected)?/gu)].map((m) => [m[1], m[2]])).toEqual([
    ['', 'selected'],
    ['86400', undefined],
    ['2592000', undefined],
    ['31536000', undefined],
  ]);
});

test('three numbers to pick from, none beforehand; approving needs one, denying does not', () => {
  const form = decisionForm(confirmPage({ ...input, numbers: ['17', '42', '86'] }, texts));
  const picks = form.match(/<input[^>]*name="verification"[^>]*>/gu) ?? [];
  expect(picks).toHaveLength(3);
  for (const pick of picks) expect(pick).toMatch(/required(?![\s\S]*checked)/u);
  expect(form).toMatch(/value="deny"\s+formnovalidate/u);
  expect(confirmPage(input, texts)).not.toContain('verification');
});

test('a program that asks for one identity only is not offered the whole account', () => {
  const form = decisionForm(confirmPage({ ...input, asked: 'identity' }, texts));
  expect(
    [...form.matchAll(/name="key_scope" value="(\w+)"\s*(checked)?/gu)].map((m) => [m[1], m[2]]),
  ).toEqual([['identity', 'checked']]);
});

test('a form that is shown again keeps what was chosen', () => {
  const chosen = {
    scope: 'identity',
    ttlSeconds: 86_400,
    identity: 'new',
    identityName: 'Night shift',
  } as const;
  const form = decisionForm(confirmPage({ ...input, chosen, problem: 'noDecision' }, texts));
  expect(form).toMatch(/value="identity" checked/u);
  expect(form).toMatch(/value="86400" selected/u);
  expect(form).toMatch(/<details open>[\s\S]*value="new" checked[\s\S]*value="Night shift"/u);
});

test('a problem is announced', () => {
  expect(confirmPage({ ...input, problem: 'noDecision' }, texts)).toMatch(/role="alert">Please choose/u);
});
