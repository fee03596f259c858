import { basicCredentials } from './basic-credentials.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['notes:secret', 'notes', 'secret'],
  // Only the first colon divides them. (RFC 7617 §2)
  ['notes:a:b', 'notes', 'a:b'],
  ['notes:', 'notes', ''],
  [':secret', '', 'secret'],
  ['notes%3A+a:s%C3%A9cret%2B', 'notes: a', 'sécret+'],
])('of "%s" in base64 the id is "%s" and the secret "%s", both form-decoded', (text, id, secret) => {
  for (const scheme of ['Basic', 'basic', 'BASIC'])
    expect(basicCredentials(`${scheme} ${base64(text)}`)).toEqual({ id, secret });
});

test.each([
  ['nothing', ''],
  ['a scheme alone', 'Basic'],
  ['another scheme, whatever its value is', `Bearer ${base64('notes:secret')}`],
  ['what is no base64', `Basic ~${base64('notes:secret')}`],
  ['padding in the middle', `Basic =${base64('notes:secret')}`],
  ['a text without a colon', `Basic ${base64('notes')}`],
  ['a percent sign that begins no byte', `Basic ${base64('notes:%')}`],
])('%s holds no name and secret', (_what, header) => {
  expect(basicCredentials(header)).toBeNull();
});
