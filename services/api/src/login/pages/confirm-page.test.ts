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
    goodUntilMs: Date.UTC(2026, 0, 1, 14, 32),
    sameNetworkAsYou: true,
  },
  email: 'ada@example.com',
  owner: 'Ada Lovelace (ada@example.com)',
  identities: [],
  asked: 'account',
  numbers: [],
  canAddIdentity: true,
  unusedDays: 365,
  keyLifetimes: null,
};
const identities = [
  { uuid: 'one', name: 'Ada Quinn' },
  { uuid: 'two', name: 'Bruno Vale' },
];

function decisionForm(page: string): string {
  return page.match(/<form[^>]*action="\/device\/decision"[\s\S]*?<\/form>/u)?.[0] ?? '';
}

/** @shows RFC 10027 §6.1.14, RFC 10027 §6.1.16 */
test('both decisions are buttons of one form that carries the code, after two that take a stray Enter and decide nothing', () => {
  const form = decisionForm(confirmPage(input, texts));
  expect(form.match(/<button[^>]*hidden>/gu)).toEqual([
    '<button disabled hidden>',
    '<button name="decision" value="" formnovalidate hidden>',
  ]);
  expect(form).toContain('name="user_code" value="BCDF-GHJK"');
  expect([...form.matchAll(/name="decision" value="(\w*)"/gu)].map((match) => match[1])).toEqual([
    '',
    'deny',
    'approve',
  ]);
});

/** @shows RFC 8628 §5.3, ASVS V10.4.7, ASVS V10.7.2 */
test('what the program says of itself stands under "not verified", what we saw apart from it', () => {
  const page = confirmPage(input, texts);
  const [, said = '', seen = ''] = page.split(/<section>/u);
  for (const words of [texts.confirm.unverified, 'Claude Code on build-7', 'curl/8.5.0'])
    expect(said).toContain(words);
  for (const words of ['203.0.113.7', '42 seconds ago', '14:32']) expect(seen).toContain(words);
  expect(seen).not.toMatch(/Claude|curl/u);
});

/** @shows ASVS V10.7.2 */
test('only a key that this account approved before is called verified', () => {
  const known = { ...input, client: { ...input.client, keyKnownSecondsAgo: 2 * 86_400 } };
  const page = confirmPage(known, texts);
  expect(page).toContain('It has the same key as the program that you approved 2 days ago.');
  expect(page).not.toContain(texts.confirm.unverified);
  expect(confirmPage(input, texts)).not.toContain(texts.confirm.verified);
});

test('the country is named in the language of the page', () => {
  const client = { ...input.client, country: 'DE' };
  expect(confirmPage({ ...input, client }, texts)).toContain('<bdi>Germany</bdi>');
  expect(confirmPage({ ...input, client }, textsFor(['de']))).toContain('<bdi>Deutschland</bdi>');
  expect(confirmPage(input, texts)).not.toContain(texts.confirm.country);
});

/** @shows ASVS V10.7.2 */
test('what the program asks for stands with what it says of itself, a line for each scope', () => {
  const client = { ...input.client, scopes: ['Read your notes (notes:read)', 'mail'] };
  const [, said = ''] = confirmPage({ ...input, client }, texts).split(/<section>/u);
  expect(said).toContain('<bdi>Read your notes (notes:read)</bdi>');
  expect(said).toContain('<bdi>mail</bdi>');
});

/** @shows RFC 10027 §6.1.5 */
test('a name that hides or reorders characters is shown without them', () => {
  const name = 'Ravi\u202Etroppus\u200B';
  const page = confirmPage({ ...input, client: { ...input.client, name, userAgent: name } }, texts);
  expect(page).toContain('<bdi>Ravitroppus</bdi>');
  expect(page).not.toMatch(/[\u200B\u202E]/u);
});

test('a program that says nothing of itself is said to say nothing', () => {
  const client = { address: '::1', requestedSecondsAgo: 0, goodUntilMs: 0, sameNetworkAsYou: true };
  expect(confirmPage({ ...input, client }, texts)).toContain(texts.confirm.saysNothing);
});

/** @shows RFC 8628 §5.4, RFC 10027 §6.1.1 */
test('the warning appears exactly when the program asked from another address', () => {
  const elsewhere = { ...input, client: { ...input.client, sameNetworkAsYou: false } };
  for (const words of [texts.confirm.titleElsewhere, texts.confirm.otherNetwork, texts.confirm.sentToYou]) {
    expect(confirmPage(elsewhere, texts)).toContain(words);
    expect(confirmPage(input, texts)).not.toContain(words);
  }
});

/** @shows RFC 10027 §6.1.9 */
test('for a program on another network one identity and 30 days are chosen beforehand, unless the human chose', () => {
  const elsewhere = { ...input, identities, client: { ...input.client, sameNetworkAsYou: false } };
  const form = decisionForm(confirmPage(elsewhere, texts));
  expect(isOpen(form)).toBe(false);
  expect(form).toContain(': only the identity Ada Quinn, for 30 days</span>');
  expect([offered(form).selected, offered(form, 'key_ttl').selected]).toEqual([
    ['identity.one'],
    ['2592000'],
  ]);
  const chosen = { scope: 'account', ttlSeconds: null } as const;
  const again = decisionForm(confirmPage({ ...elsewhere, chosen, problem: 'numberNeeded' }, texts));
  expect([offered(again).selected, offered(again, 'key_ttl').selected]).toEqual([['account'], ['']]);
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
test('where the operator ends keys sooner than the login, the page says so, of each lifetime', () => {
  const keyLifetimes = { apiKeyDefaultSeconds: 600, apiKeyMaxSeconds: 86_400 * 7 };
  const page = confirmPage({ ...input, keyLifetimes }, texts);
  expect(page).toContain(
    'for as long as it is used at least once in 365 days, its keys for 10 minutes</span>',
  );
  const labels = [...page.matchAll(/<option value="\d*"[^>]*>\s*([^<]*?)\s*<\/option>/g)].map(
    ([, label]) => label,
  );
  expect(labels.slice(-4)).toEqual([
    'While used at least once in 365 days, its keys for 10 minutes',
    '1 day',
    '30 days, its keys for 7 days',
    '1 year, its keys for 7 days',
  ]);
  const endless = { apiKeyDefaultSeconds: null, apiKeyMaxSeconds: null };
  expect(confirmPage({ ...input, keyLifetimes: endless }, texts)).not.toContain('its keys for');
});

test('the whole account until it is unused is offered, folded away, and every lesser choice names its identity', () => {
  const form = decisionForm(confirmPage({ ...input, identities }, texts));
  expect(isOpen(form)).toBe(false);
  expect(form).toContain(
    ': the whole account Ada Lovelace (ada@example.com), for as long as it is used at least once in 365 days</span>',
  );
  const endless = decisionForm(confirmPage({ ...input, identities, unusedDays: null }, texts));
  expect(endless).toContain('the whole account Ada Lovelace (ada@example.com), until you end it</span>');
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

test('with more than twenty identities each is offered alone, and not with the whole account as well', () => {
  const offeredOf = (count: number) => {
    const many = Array.from({ length: count }, (_, at) => ({ uuid: `${at}`, name: `Agent ${at}` }));
    return offered(decisionForm(confirmPage({ ...input, identities: many }, texts))).values;
  };
  for (const value of ['identity.19', 'account.19']) expect(offeredOf(20)).toContain(value);
  expect(offeredOf(21)).toContain('identity.20');
  expect(offeredOf(21).filter((value) => value?.startsWith('account.'))).toEqual(['account.new']);
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

test.each([
  [20, 41],
  [21, 22],
])(
  'with %d identities the list has %d entries: each one alone, and up to twenty also together with the account',
  (count, entries) => {
    const its = Array.from({ length: count }, (_, i) => ({ uuid: `number-${i}`, name: `Ada the ${i}th` }));
    const page = confirmPage({ ...input, identities: its, canAddIdentity: false }, texts);
    expect(offered(page).values).toHaveLength(entries);
  },
);

test('an account that may have no more identities is not offered a new one', () => {
  const page = confirmPage({ ...input, identities, canAddIdentity: false }, texts);
  expect(page).not.toMatch(/value="\w+\.new"|name="identity_name"/u);
});

test('three numbers to pick from, none beforehand; approving needs one, denying does not', () => {
  const form = decisionForm(confirmPage({ ...input, numbers: ['17', '42', '86'] }, texts));
  const picks = form.match(/<input[^>]*name="verification"[^>]*>/gu) ?? [];
  expect(picks).toHaveLength(3);
  for (const pick of picks) expect(pick).toMatch(/required(?![\s\S]*checked)/u);
  expect(form).toMatch(/value="deny"\s+formnovalidate/u);
  for (const words of ['verification', texts.confirm.numberLegend])
    expect(confirmPage(input, texts)).not.toContain(words);
});

test('a program that asks for one identity only gets the only one, or asks which, and never the account', () => {
  const lonely = decisionForm(
    confirmPage({ ...input, asked: 'identity', identities: identities.slice(0, 1) }, texts),
  );
  expect(offered(lonely)).toEqual({ values: ['identity.one', 'identity.new'], selected: ['identity.one'] });
  expect(lonely).toContain(
    ': only the identity Ada Quinn, for as long as it is used at least once in 365 days</span>',
  );
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
    number: '42',
  } as const;
  const form = decisionForm(
    confirmPage({ ...input, numbers: ['17', '42', '86'], chosen, problem: 'noDecision' }, texts),
  );
  expect(form.match(/value="(\d\d)"[^>]*checked/u)?.[1]).toBe('42');
  expect(isOpen(form)).toBe(true);
  expect([offered(form).selected, offered(form, 'key_ttl').selected]).toEqual([['identity.new'], ['86400']]);
  expect(form).toContain('value="Night shift"');
});

test('a name that was typed for a new identity is in view, also where another one was chosen', () => {
  const chosen = { scope: 'account', identity: 'one', identityName: 'Night shift' } as const;
  const again = { ...input, identities, chosen, problem: 'nameWithoutNewIdentity' } as const;
  const form = decisionForm(confirmPage(again, texts));
  expect([isOpen(form), /class="([^"]*)">\s*<label for="identity_name">/u.exec(form)?.[1]]).toEqual([
    true,
    'tight',
  ]);
  const untyped = decisionForm(confirmPage({ ...input, identities }, texts));
  expect(untyped).toMatch(/class="tight new-name">\s*<label for="identity_name">/u);
});

test('where the chosen identity is gone, nothing wider is chosen in its place', () => {
  const chosen = { scope: 'identity', identity: 'gone' } as const;
  const form = decisionForm(confirmPage({ ...input, identities, chosen, problem: 'unknownIdentity' }, texts));
  expect(offered(form).selected).toEqual(['']);
});

test('a problem is announced, first of all in the title', () => {
  const page = confirmPage({ ...input, problem: 'noDecision' }, texts);
  expect(page).toMatch(/role="alert">Please choose/u);
  expect(page).toContain('<title>Problem: Is this the code');
  expect(confirmPage(input, texts)).toContain('<title>Is this the code');
});
