import type { IncomingHttpHeaders } from 'node:http';
import { namedClientId } from './identify-client.ts';

const basic = (id: string, secret = '') => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${secret}`).toString('base64')}`,
});
const named = (headers: IncomingHttpHeaders, parameters: Readonly<Record<string, string>>) =>
  namedClientId({ headers }, parameters);

test('a client names itself by a parameter, by Basic without a password, or by both alike', () => {
  expect(named({}, { client_id: 'notes' })).toBe('notes');
  expect(named(basic('notes'), {})).toBe('notes');
  expect(named(basic('notes'), { client_id: 'notes' })).toBe('notes');
  expect(() => named({}, {})).toThrow('client_id is required.');
});

test('a call that names two clients is served for neither, also where one name begins as the other', () => {
  for (const [header, parameter] of [
    ['notes', 'bank'],
    ['notes', 'notes-of-somebody'],
    ['notes-of-somebody', 'notes'],
    ['', 'notes'],
  ] as const)
    expect(() => named(basic(header), { client_id: parameter })).toThrow('Two clients are named.');
});

test('a secret, or an authorization of another kind, is refused: clients are public here', () => {
  for (const [headers, parameters] of [
    [basic('notes', 'secret'), {}],
    [{}, { client_id: 'notes', client_secret: '' }],
    [{ authorization: 'Bearer a-token' }, { client_id: 'notes' }],
  ] as const)
    expect(() => named(headers, parameters)).toThrow(expect.objectContaining({ code: 'invalid_client' }));
});
