import { readAuthorization } from './authorization.ts';

test.each([
  ['Bearer x', 'bearer', 'x'],
  ['bearer  x ', 'bearer', 'x'],
  ['DPoP a.b-c_d~e/f+0==', 'dpop', 'a.b-c_d~e/f+0=='],
  [`Basic ${'x'.repeat(8_186)}`, 'basic', 'x'.repeat(8_186)],
])('%.20s has a scheme, in lower case, and a value', (header, scheme, value) => {
  expect(readAuthorization(header)).toEqual({ scheme, value });
});

test.each([
  ['nothing', ''],
  ['a scheme alone', 'Bearer'],
  ['a scheme and a blank', 'Bearer '],
  ['a value alone', ' x'],
  ['two values', 'Bearer a b'],
  ['a list', 'Bearer a,b'],
  ['a letter that no token has', 'Bearer é'],
  ['more than anybody needs', `Bearer ${'x'.repeat(8_186)}`],
])('%s is no Authorization', (_, header) => {
  expect(readAuthorization(header)).toBeNull();
});
