import { strangersWords } from './strangers-words.ts';

test.each([
  ['evil.example', 'evil. example'],
  ['go to https://evil.example/now', 'go to https evil. example/now'],
  ['www.evil.example', 'evil. example'],
  ['evil。example', 'evil. example'],
  // Browsers take the wide and the half-width full stop for a dot, too.
  ['evil\uff0eexample', 'evil. example'],
  ['evil\uff61example', 'evil. example'],
  ['me@evil.example', 'me @ evil. example'],
  ['two\r\nBcc: lines', 'two Bcc: lines'],
  ['\u202eelpmaxe.live', 'elpmaxe. live'],
])('of a stranger’s %j no mail program makes a link', (words, shown) => {
  expect(strangersWords(words)).toBe(shown);
});

test('versions and addresses stay as they are', () => {
  expect(strangersWords('ravi-agent/1.4 (10.0.0.1)')).toBe('ravi-agent/1.4 (10.0.0.1)');
});
