import { generateIdentityName, localPartFor } from './identity-name.ts';

test.each([
  ['Zoe Quartz', 'zoe.quartz'],
  ['Zoë Müller-Ångström', 'zoe.muller.angstrom'],
  ["  Seán  O'Brien ", 'sean.obrien'],
  ['Łukasz Groß', 'lukasz.gross'],
  ['Night shift 2', 'night.shift.2'],
  ['Ada 山田', 'ada'],
  ['ﬁne', 'fine'],
  ['x'.repeat(64), 'x'.repeat(48)],
])('the address of %j begins with %s', (name, words) => {
  const localPart = localPartFor(name);
  expect(localPart).toMatch(/\.\d{5}$/);
  expect(localPart.slice(0, -6)).toBe(words);
});

test.each(['山田太郎', 'Юлия', '42', '🦊', ''])('%j without a Latin letter gets a drawn address', (name) => {
  expect(localPartFor(name)).toMatch(/^[a-z]+\.[a-z]+\.\d{5}$/);
});

test('a drawn name and its address go together', () => {
  const { name, localPart } = generateIdentityName();
  expect(localPart.slice(0, -6)).toBe(name.toLowerCase().replace(' ', '.'));
});
