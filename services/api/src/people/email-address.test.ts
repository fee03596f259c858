import { email } from './email-address.ts';

/** What a person is told of an address; what is kept of one that is taken. */
function told(address: unknown): unknown {
  const { success, data, error } = email.safeParse(address);
  return success ? data : error.issues.map(({ message }) => message);
}

test('an address is told to be wrong by one sentence, the longest is taken, and invisible characters are left out', () => {
  expect(told('ada\u200b@example.com')).toBe('ada@example.com');
  const longest = `${'a'.repeat(242)}@example.com`;
  expect([longest.length, told(longest)]).toEqual([254, longest]);
  expect([undefined, 7].map(told)).toEqual([['is required'], ['must be a string']]);
  for (const long of [`${longest}m`, 'a'.repeat(255), 'a'.repeat(1025)])
    expect(told(long)).toEqual(['is too long']);
  for (const none of ['', 'ada', 'ada@example', 'ada<x@example.com', 'ada:x@example.com', 'a da@example.com'])
    expect(told(none)).toEqual(['must be an e-mail address']);
});
