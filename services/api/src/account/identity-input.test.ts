import { Problem } from '../http/problem.ts';
import { parseBody } from '../http/parse-body.ts';
import {
  changeIdentityInput,
  createIdentityInput,
  fullAddress,
  replaceIdentityInput,
} from './identity-input.ts';

const domains = ['agents.test', 'more.test'];
const addressOf = (email: string) => fullAddress(parseBody(changeIdentityInput, { email }).email, domains);

/** The field and the sentence of the refusal. */
function refusal(run: () => unknown) {
  try {
    return { got: run() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [error.status, error.field, error.message];
  }
}

test.each([
  [{}, { provision_phone: false }],
  [{ name: '', email: '', provision_phone: '' }, { provision_phone: false }],
  [{ name: '  ', email: ' ' }, { provision_phone: false }],
  // Characters that nobody sees.
  [{ name: '\u200B\u3164 \u2800\u00AD' }, { provision_phone: false }],
  [{ name: null, email: null, provision_phone: null }, { provision_phone: false }],
  [
    { name: ' Moon agent ', email: ' Moon@Agents.test ', provision_phone: 'on' },
    { name: 'Moon agent', email: 'moon@agents.test', provision_phone: true },
  ],
])('an identity is made from %j: what is empty or blank counts as absent', (body, input) => {
  expect(parseBody(createIdentityInput, body)).toEqual(input);
});

describe.each([
  ['a new identity', createIdentityInput],
  ['a replaced one', replaceIdentityInput],
  ['a changed one', changeIdentityInput],
])('of %s', (_, schema) => {
  test.each([
    ['name', 7, 'name: must be a string.'],
    ['name', ['Ada'], 'name: must be a string.'],
    ['name', 'x'.repeat(65), 'name: must have at most 64 characters.'],
    ['name', 'a\u0000b', 'name: must not contain control characters.'],
    ['name', 'a\u2028b', 'name: must not contain control characters.'],
    ['email', 7, 'email: must be a string.'],
    ['email', ['ada'], 'email: must be a string.'],
    ['email', 'x'.repeat(255), 'email: is too long.'],
  ])('the %s %j is refused with what to do', (field, value, sentence) => {
    const body = { name: 'Ada', [field]: value };
    expect(refusal(() => parseBody(schema, body))).toEqual([400, field, sentence]);
  });
});

test('a name can be changed to no blank one, and is needed to replace an identity', () => {
  for (const schema of [replaceIdentityInput, changeIdentityInput])
    for (const name of ['', ' ', '\u200B'])
      expect(refusal(() => parseBody(schema, { name }))).toEqual([400, 'name', 'name: must not be empty.']);
  expect(refusal(() => parseBody(replaceIdentityInput, {}))).toEqual([400, 'name', 'name: is required.']);
  expect(parseBody(changeIdentityInput, {})).toEqual({});
});

test.each([
  ['ada', 'ada@agents.test'],
  ['a', 'a@agents.test'],
  ['Ada.Vega+x_1-2', 'ada.vega+x_1-2@agents.test'],
  ['ada@MORE.test', 'ada@more.test'],
  ['x'.repeat(64), `${'x'.repeat(64)}@agents.test`],
  ['abuse+me', 'abuse+me@agents.test'],
])('the address %s is %s', (asked, address) => {
  expect(addressOf(asked)).toBe(address);
});

const isNone = 'email: must be a local part such as ada.vega, or a full address.';
const isForeign = 'email: must be under an allowed domain: agents.test, more.test.';
const isReserved = 'email: is reserved for whoever runs the domain.';
test.each([
  ['', isNone],
  ['@agents.test', isNone],
  ['a@b@agents.test', isNone],
  ['a b', isNone],
  ['.ada', isNone],
  ['ada.', isNone],
  ['ada-', isNone],
  ['a..b', isNone],
  ['zoë', isNone],
  ['x'.repeat(65), isNone],
  ['ada@', isForeign],
  ['ada@elsewhere.test', isForeign],
  ['ada@sub.agents.test', isForeign],
  ['Postmaster', isReserved],
  ['abuse@more.test', isReserved],
])('the address %j is refused with what to do', (asked, sentence) => {
  expect(refusal(() => addressOf(asked))).toEqual([400, 'email', sentence]);
});

// To the first five certificate authorities send their proofs. (RFC 2142, Baseline Requirements 3.2.2.4.4)
test.each(
  'admin administrator hostmaster postmaster webmaster abuse info mailer-daemon noc no-reply noreply root security support'.split(
    ' ',
  ),
)('no program takes %s@, by which people and authorities reach whoever runs the domain', (asked) => {
  expect(refusal(() => addressOf(`${asked}@more.test`))).toEqual([400, 'email', isReserved]);
});
