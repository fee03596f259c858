import { attribute, hiddenFields, type TextField, textField } from './fields.ts';
import { showPasswordElement } from './show-password-script.ts';

const field: TextField = { name: 'first', label: 'First & last', type: 'text', autocomplete: 'given-name' };
const inputOf = (changes: Partial<TextField> = {}) =>
  (/<input[^>]*>/u.exec(textField({ ...field, ...changes }))?.[0] ?? '').replaceAll(/\s+/gu, ' ');

test('a field has its label, is required, and says nothing that it was not told', () => {
  expect(textField(field)).toContain('<label for="first">First &#38; last</label>');
  expect(inputOf()).toBe('<input id="first" name="first" type="text" autocomplete="given-name" required />');
});

test.each<[string, Partial<TextField>, string]>([
  ['a value, as text', { value: '"><b>' }, 'value="&#34;&#62;&#60;b&#62;" required'],
  ['a least and a greatest length', { minLength: 1, maxLength: 80 }, 'minlength="1" maxlength="80" required'],
  ['a hint', { hint: 'Why & how' }, 'aria-describedby="first-hint" required'],
  ['the cursor', { focus: true }, 'required autofocus />'],
  ['no value where it is empty', { value: '', hint: '' }, 'autocomplete="given-name" required />'],
])('a field can have %s', (_, changes, words) => {
  expect(inputOf(changes)).toContain(words);
});

test('a field can be left out where it is optional, and one that is wrong points at the problem before its hint', () => {
  expect(inputOf({ optional: true })).not.toContain('required');
  const wrong = inputOf({ wrong: true, hint: 'Why' });
  expect(wrong).toContain('aria-describedby="problem first-hint" required aria-invalid="true"');
  expect(textField({ ...field, hint: 'Why & how' })).toContain(
    '<p id="first-hint" class="small quiet">Why &#38; how</p>',
  );
});

test('an address or password is typed as it is; a password is never filled in, and can be shown', () => {
  for (const type of ['email', 'password'] as const)
    expect(inputOf({ type })).toContain('autocapitalize="none" spellcheck="false" required');
  expect(inputOf({ type: 'email', value: 'a@b.example' })).toContain('value="a@b.example"');
  expect(inputOf({ type: 'password', value: 'secret' })).not.toContain('secret');
  const password = { ...field, type: 'password', reveal: { show: 'Show', hide: 'Hide' } } as const;
  expect(inputOf(password)).toContain('data-show="Show" data-hide="Hide"');
  // The script finds the field before it.
  expect(textField(password)).toContain(`/>${showPasswordElement}`);
  expect(textField(field)).not.toContain('<script>');
});

test('hidden fields are text, and absent ones are left out, empty ones are not', () => {
  expect(hiddenFields({ a: '"', b: undefined, c: '' })).toBe(
    '<input type="hidden" name="a" value="&#34;" /><input type="hidden" name="c" value="" />',
  );
  expect([attribute('x', 'a"b'), attribute('x', ''), attribute('x', undefined)]).toEqual([
    'x="a&#34;b"',
    '',
    '',
  ]);
});
