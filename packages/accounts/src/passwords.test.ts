import { Passwords, PasswordsBusy } from './passwords.ts';

test('a password fits its own hash and no other', async () => {
  const passwords = new Passwords();
  const hash = await passwords.hash('correct horse');
  expect(hash).toMatch(/^\$argon2id\$/);
  expect(await passwords.verify(hash, 'correct horse')).toBe(true);
  expect(await passwords.verify(hash, 'wrong horse')).toBe(false);
});

test('without an account no password fits', async () => {
  expect(await new Passwords().verify(null, 'no account has this password')).toBe(false);
});

/** @shows password guessing */
test('an unknown account takes its turn at the same hash as a known one, so that time does not tell them apart', async () => {
  const passwords = new Passwords();
  const rush = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.verify(null, 'x')));
  expect(rush.some(({ status }) => status === 'rejected')).toBe(true);
  expect(rush.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(64);
});

/** @shows flooding */
test('a rush is turned away instead of queueing for minutes', async () => {
  const passwords = new Passwords();
  const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.hash('x')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ reason }) => reason instanceof PasswordsBusy)).toBe(true);
  expect(outcomes.length - refused.length).toBeGreaterThanOrEqual(64);
});
