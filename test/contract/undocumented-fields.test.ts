import { Ajv2020 } from 'ajv/dist/2020.js';
import { closed, closedInside } from '../support/closed-schemas.ts';
import { assertDocumented } from '../support/openapi.ts';

const answer = (path: string, json: unknown, method = 'POST') => ({
  method,
  path,
  status: 200,
  headers: new Headers({
    'content-type': 'application/json',
    'x-request-id': 'a',
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
  }),
  json,
});
const user = { id: 1, email: 'ada@example.com', first_name: '', last_name: '' };

test('a field that openapi.json does not document is noticed in any answer, also where a schema does not say that it is closed', () => {
  const check = (json: unknown) => () => assertDocumented(answer('/api/auth/user/', json, 'GET'));
  expect(check(user)).not.toThrow();
  expect(check({ ...user, password_hash: 'x' })).toThrow('password_hash');
});

test('a field that is not documented is noticed in an object inside of an answer', () => {
  const key = { kty: 'EC', kid: 'a', alg: 'ES256', use: 'sig', crv: 'P-256', x: 'x', y: 'y' };
  const check = (json: unknown) => () => assertDocumented(answer('/.well-known/jwks.json', json, 'GET'));
  expect(check({ keys: [key] })).not.toThrow();
  expect(check({ keys: [{ ...key, d: 'private' }] })).toThrow(
    '/keys/0 must NOT have unevaluated properties d',
  );
});

test('what the contract leaves open stays open, and nothing else of the same answer', () => {
  const success = { access: 'a', refresh: 'r', management_key: 'k', user: { ...user, plan: 'free' } };
  const check = (json: unknown) => () => assertDocumented(answer('/api/auth/device/token/', json));
  expect(check(success)).not.toThrow();
  expect(check({ ...success, scope: 'account' })).toThrow('scope');
});

test('the parts of an allOf add up, and what no part documents is noticed', () => {
  const base = { type: 'object', properties: { a: { type: 'string' } } };
  const more = { type: 'object', properties: { b: { type: 'object', properties: { c: {} } } } };
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'parts', base: closedInside(base) });
  const validate = ajv.compile(closed({ allOf: [{ $ref: 'parts#/base' }, more] }) as object);
  expect(validate({ a: '', b: { c: { anything: 1 } } })).toBe(true);
  expect(validate({ a: '', b: {}, d: 1 })).toBe(false);
  expect(validate({ a: '', b: { d: 1 } })).toBe(false);
});
