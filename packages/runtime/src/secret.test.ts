import { inspect } from 'node:util';
import { Secret } from './secret.ts';

test('a secret does not show, however it is printed', () => {
  const secret = new Secret('hunter2');
  const printed = [String(secret), JSON.stringify({ secret }), inspect({ secret }), inspect(secret)];
  expect(printed.join()).not.toContain('hunter2');
  expect(secret.reveal()).toBe('hunter2');
});
