import { randomUUID } from 'node:crypto';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { loginIdOf } from './login-id.ts';
import { generateUserCode } from './user-code.ts';
import { verificationOf } from './matching-numbers.ts';

const newKeys = () => deriveServiceKeys(new Secret(randomUUID() + randomUUID())).current;
const keys = newKeys();
const draw = () => verificationOf(loginIdOf(generateUserCode(), keys), keys);

test('three different numbers of two digits in ascending order, and the right one is among them', () => {
  for (let i = 0; i < 2_000; i++) {
    const { right, choice } = draw();
    expect(new Set(choice).size).toBe(3);
    for (const number of choice) expect(number).toMatch(/^[1-9]\d$/);
    expect(choice).toEqual(choice.toSorted());
    expect(choice).toContain(right);
  }
});

test('the place in the row tells nothing: each is right about as often', () => {
  const places = [0, 0, 0];
  for (let i = 0; i < 6_000; i++) {
    const { right, choice } = draw();
    places[choice.indexOf(right)]! += 1;
  }
  // Six standard deviations around 2,000.
  for (const times of places) expect(Math.abs(times - 2_000)).toBeLessThan(220);
});

test('a login always has the same numbers, and without the key they cannot be told', () => {
  const loginId = loginIdOf(generateUserCode(), keys);
  expect(verificationOf(loginId, keys)).toEqual(verificationOf(loginId, keys));
  const others = Array.from({ length: 20 }, () => verificationOf(loginId, newKeys()).right);
  expect(new Set(others).size).toBeGreaterThan(5);
});
