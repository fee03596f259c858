import { fillTemplate, phrase, placeholdersOf } from './phrase.ts';

test('a phrase has its values where its template names them, as often as it does', () => {
  const told = phrase('{name} of {place} is {name}, {age}');
  expect(told({ name: 'Ada', place: '$& {age}', age: 0 })).toBe('Ada of $& {age} is Ada, 0');
  expect(placeholdersOf(told.template)).toEqual(new Set(['name', 'place', 'age']));
});

test('a placeholder without a value stays', () => {
  expect(fillTemplate('{a} and {b}', { a: '' })).toBe(' and {b}');
});
