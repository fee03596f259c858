import { createHash, randomUUID } from 'node:crypto';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { PasskeyChallenges } from '../../services/api/src/people/passkey-challenges.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

/** @shows ASVS V6.5.1 */
test('a challenge that was answered is answered again by the very same form alone, for a minute', async () => {
  let nowMs = Date.now();
  const keys = deriveServiceKeys(new Secret(randomUUID().repeat(2)));
  const challenges = new PasskeyChallenges({ redis, keys, clock: { nowMs: () => nowMs } });
  const [challenge, another] = [randomUUID(), randomUUID()];
  const firstMs = nowMs;
  expect(await challenges.spend(challenge, 'a form')).toBe(firstMs);
  expect(await challenges.spend(challenge, 'another form')).toBeNull();
  expect(await challenges.spend(another, 'another form')).toBe(firstMs);
  // Until no answer to it would count any more.
  for (const each of [challenge, another]) {
    const seconds = await redis.ttl(
      `ravi:spent-challenge:${createHash('sha256').update(each).digest('base64url')}`,
    );
    expect(seconds).toBeGreaterThan(500);
    expect(seconds).toBeLessThanOrEqual(600);
  }
  const left = await Promise.all((await redis.keys('ravi:spent-challenge:*')).map((key) => redis.pttl(key)));
  // As long as a challenge is good, or none could tell that it was spent.
  expect([left.length, left.every((ms) => ms > 540_000 && ms <= 600_000)]).toEqual([2, true]);
  nowMs += 59_999;
  expect(await challenges.spend(challenge, 'a form')).toBe(firstMs);
  nowMs += 1;
  expect(await challenges.spend(challenge, 'a form')).toBeNull();
});
