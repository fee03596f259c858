import { faultOf } from './password-faults.ts';

const context = { minLength: 15, email: 'ada.lovelace@example.com', serviceNames: ['Ravi'] };

/** @shows ASVS V6.2.4, ASVS V6.2.11 */
test.each([
  ['fourteen chars', 'tooShort'],
  ['🦊🌙🐢'.repeat(4), 'tooShort'],
  ['four unrelated quiet words '.repeat(10).slice(0, 257), 'tooLong'],
  ['a'.repeat(20), 'repeats'],
  ['abcabcabcabcabca', 'repeats'],
  ['passwordpassword', 'repeats'],
  ['12345678901234567890', 'repeats'],
  ['abcdefghijklmnopqrs', 'repeats'],
  ['zyxwvutsrqponmlkj', 'repeats'],
  ['PassWord1234567!', 'common'],
  ['!!1988 iloveyou 1988!!', 'common'],
  ['!!1988 monkey 1988!!', 'common'],
  ['ada.lovelace@example.com', 'ownWords'],
  ['AdaLovelace-2026', 'ownWords'],
  ['ravi ravi example ravi', 'ownWords'],
  ['adax7q9k2madaada', 'ownWords'],
  ['lovelacelovelacex7q9k2m', 'ownWords'],
])('%j is refused: %s', (password, fault) => {
  expect(faultOf(password, context)).toBe(fault);
});

/** @shows ASVS V6.2.5 */
test.each([
  'correct horse battery',
  'ravi keeps my seven keys',
  'пароль-из-слов-яблоко',
  '9182736450 5463728190',
  '🦊🌙🐢🦉🌲🌊🔥🌵🍀🌻🐙🦋🐝🐞🦀',
  '"\'<b>\u0000\n\t%00\\u0000',
  'ada counts the evening stars',
  'lovelacex7q9k2m4',
  'abcdxyzqabcdxyz',
  'four unrelated quiet words '.repeat(10).slice(0, 256),
])('%j is taken', (password) => {
  expect(faultOf(password, context)).toBeNull();
});

test('a character counts once, however it is encoded', () => {
  const fifteen = 'é'.repeat(4) + 'x y z w v u';
  expect(Array.from(fifteen)).toHaveLength(15);
  expect(faultOf(fifteen.normalize('NFD'), context)).toBeNull();
  expect(faultOf(fifteen.slice(1).normalize('NFD'), context)).toBe('tooShort');
});

test('a shorter one is taken where less is enough', () => {
  expect(faultOf('blue fern 7', { ...context, minLength: 8 })).toBeNull();
  expect(faultOf('sunshine', { ...context, minLength: 8 })).toBe('common');
});

test('the longest of a person’s words is left out first: a shorter one within it leaves nothing behind', () => {
  expect(faultOf('adamantadamantx7q9k2m', { ...context, email: 'ada@adamant.example' })).toBe('ownWords');
});
