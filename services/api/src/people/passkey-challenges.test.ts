import { randomBytes } from 'node:crypto';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { challengeSeconds, PasskeyChallenges } from './passkey-challenges.ts';
import { maskToken } from './csrf-mask.ts';

const [old, fresh] = [new Secret('a'.repeat(40)), new Secret('b'.repeat(40))];
const newToken = () => randomBytes(32).toString('base64url');
let nowMs = 1_000_000;
const challenges = (keys = deriveServiceKeys(old)) =>
  new PasskeyChallenges({
    keys,
    clock: { nowMs: () => nowMs },
    redis: {} as ConstructorParameters<typeof PasskeyChallenges>[0]['redis'],
  });

const [csrfToken, anothers] = [newToken(), newToken()];
const purpose = { use: 'sign-in', csrfToken, userId: '' } as const;

test('a challenge is ours for ten minutes, by the injected clock, and not a second longer', () => {
  const challenge = challenges().make(purpose);
  nowMs += challengeSeconds * 1000 - 1;
  expect(challenges().isOurs(challenge, purpose)).toBe(true);
  nowMs += 1;
  expect(challenges().isOurs(challenge, purpose)).toBe(false);
});

test('a challenge is good for its use, its account and its browser alone, whichever page of it shows the token', () => {
  const challenge = challenges().make({ ...purpose, csrfToken: maskToken(csrfToken) });
  expect(challenges().isOurs(challenge, { ...purpose, csrfToken: maskToken(csrfToken) })).toBe(true);
  for (const other of [
    { ...purpose, use: 'register' as const },
    { ...purpose, userId: 7 },
    { ...purpose, csrfToken: anothers },
  ])
    expect(challenges().isOurs(challenge, other)).toBe(false);
  expect(challenges().isOurs(challenge.slice(1), purpose)).toBe(false);
  expect(challenges().isOurs('', purpose)).toBe(false);
});

test('a challenge survives a rotation of the secret, and none is made by somebody without it', () => {
  const challenge = challenges().make(purpose);
  expect(challenges(deriveServiceKeys(fresh, old)).isOurs(challenge, purpose)).toBe(true);
  expect(challenges(deriveServiceKeys(fresh)).isOurs(challenge, purpose)).toBe(false);
});
