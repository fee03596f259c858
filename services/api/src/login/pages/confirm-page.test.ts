import { confirmPage, type ConfirmInput } from './confirm-page.ts';
import { textsFor } from '../../pages/texts/texts-for.ts';

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
  unusedDays: 365,
};
const identities = [
  { uuid: 'one', name: 'Ada Quinn' },
  { uuid: 'two', name: 'Bruno Vale' },
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

/** @shows RFC 8628 §5.3, ASVS V10.4.7, ASVS V10.7.2 */
test('what the program says of itself stands below "not verified", what we saw above', () => {
  const page = confirmPage(input, texts);
  const divide = page.indexOf(texts.confirm.unverified);
  expect(page.indexOf('203.0.113.7')).toBeLessThan(divide);
  expect(page.indexOf('42 seconds ago')).toBeLessThan(divide);
  expect(page.indexOf('Claude Code on build-7')).toBeGreaterThan(divide);
  expect(page.indexOf('curl/8.5.0')).toBeGreaterThan(divide);
});

/** @shows ASVS V10.7.2 */
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

/** The options of a list, and the one that is selected. */
function offered(form: string, name = 'access') {
  const list = form.match(new RegExp(`<select id="${name}"[\\s\\S]*?</select>`, 'u'))?.[0] ?? '';
  const options = [...list.matchAll(/<option value="([^"]*)"\s*(selected)?/gu)];
  return {
    values: options.map(([, value]) => value),
    selected: options.filter(([, , selected]) => selected).map(([, value]) => value),
  };
}

const isOpen = (form: string) => /<details class="terms" open>/u.test(form);

/** @shows ASVS V10.7.2 */
test('the whole account until it is unused is offered, folded away, and every lesser choice names its identity', () => {
  const form = decisionForm(confirmPage({ ...input, identities }, texts));
  expect(isOpen(form)).toBe(false);
  expect(form).toContain(
    'It gets<span class="given">: the whole account, until it is unused for 365 days</span>',
  );
  const endless = decisionForm(confirmPage({ ...input, identities, unusedDays: null }, texts));
  expect(endless).toContain('the whole account, until you end it</span>');
  expect(offered(form)).toEqual({
    values: [
      'account',
      'identity.one',
      'identity.two',
      'identity.new',
      'account.one',
      'account.two',
      'account.new',
    ],
    selected: ['account'],
  });
  expect(offered(form, 'key_ttl')).toEqual({ values: ['', '86400', '2592000', '31536000'], selected: [''] });
});

test('an account with one identity hears nothing of others', () => {
  const form = decisionForm(confirmPage({ ...input, identities: identities.slice(0, 1) }, texts));
  expect(offered(form).values).toEqual(['account', 'identity.one', 'identity.new', 'account.new']);
  expect(form).not.toContain('any of its');
});

test('an account with a hundred identities chooses from a list, on a page that stays small', () => {
  const many = Array.from({ length: 100 }, (_, i) => ({
    uuid: `01234567-0123-8123-8123-${String(i).padStart(12, '0')}`,
    name: `Ada Lovelace the ${i}th`,
  }));
  const uuid = many[42]?.uuid ?? '';
  const chosen = { scope: 'identity', identity: uuid } as const;
  const page = confirmPage({ ...input, identities: many, chosen, canAddIdentity: false }, texts);
  expect(offered(page).values).toHaveLength(101);
  expect(offered(page).selected).toEqual([`identity.${uuid}`]);
  expect(Buffer.byteLength(page)).toBeLessThan(30_000);
});

test('an account that may have no more identities is not offered a new one', () => {
  const page = confirmPage({ ...input, identities, canAddIdentity: false }, texts);
  expect(page).not.toMatch(/\.new"|identity_name/u);
});

test('three numbers to pick from, none beforehand; approving needs one, denying does not', () => {
  const form = decisionForm(confirmPage({ ...input, numbers: ['17', '42', '86'] }, texts));
  const picks = form.match(/<input[^>]*name="verification"[^>]*>/gu) ?? [];
  expect(picks).toHaveLength(3);
  for (const pick of picks) expect(pick).toMatch(/required(?![\s\S]*checked)/u);
  expect(form).toMatch(/value="deny"\s+formnovalidate/u);
  expect(confirmPage(input, texts)).not.toContain('verification');
});

test('a program that asks for one identity only gets the only one, or asks which, and never the account', () => {
  const lonely = decisionForm(
    confirmPage({ ...input, asked: 'identity', identities: identities.slice(0, 1) }, texts),
  );
  expect(offered(lonely)).toEqual({ values: ['identity.one', 'identity.new'], selected: ['identity.one'] });
  expect(lonely).toContain('<span class="given">: only Ada Quinn, until it is unused for 365 days</span>');
  const several = decisionForm(confirmPage({ ...input, asked: 'identity', identities }, texts));
  expect(isOpen(several)).toBe(true);
  expect(several).toMatch(/name="access" required/u);
  expect(offered(several).selected).toEqual(['']);
});

test('a form that is shown again keeps what was chosen, unfolded', () => {
  const chosen = {
    scope: 'identity',
    ttlSeconds: 86_400,
    identity: 'new',
    identityName: 'Night shift',
  } as const;
  const form = decisionForm(confirmPage({ ...input, chosen, problem: 'noDecision' }, texts));
  expect(isOpen(form)).toBe(true);
  expect([offered(form).selected, offered(form, 'key_ttl').selected]).toEqual([['identity.new'], ['86400']]);
  expect(form).toContain('value="Night shift"');
});

test('where the chosen identity is gone, nothing wider is chosen in its place', () => {
  const chosen = { scope: 'identity', identity: 'gone' } as const;
  const form = decisionForm(confirmPage({ ...input, identities, chosen, problem: 'unknownIdentity' }, texts));
  expect(offered(form).selected).toEqual(['']);
});

test('a problem is announced', () => {
  expect(confirmPage({ ...input, problem: 'noDecision' }, texts)).toMatch(/role="alert">Please choose/u);
});
