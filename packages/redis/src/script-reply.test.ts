import { replyOf, replyWords, UnexpectedReply } from './script-reply.ts';

test('a list of words is decoded as it is', () => {
  expect(replyWords(['settled', 'sealed', ''])).toEqual(['settled', 'sealed', '']);
});

test.each([
  [null],
  ['settled'],
  [1],
  [[]],
  [[null]],
  [['settled', null]],
  [['settled', 7]],
  [{ 0: 'settled' }],
])('what is no list of words is refused: %j', (reply) => {
  expect(() => replyWords(reply)).toThrow(UnexpectedReply);
});

test('a reply that begins with another word than its caller knows is refused, and the word is named', () => {
  expect(replyOf(['settled', 'sealed'], 'open', 'settled')).toEqual(['settled', 'sealed']);
  expect(() => replyOf(['too_fresh', 'settled'], 'open', 'settled')).toThrow('"too_fresh"');
  expect(() => replyOf([], 'open')).toThrow(UnexpectedReply);
});

test('the error names the word, and never what only looks like one', () => {
  expect(new UnexpectedReply('too_fresh').message).toContain('"too_fresh"');
  expect(new UnexpectedReply('eyJhbGciOiJFUzI1NiJ9').message).not.toContain('eyJ');
});
