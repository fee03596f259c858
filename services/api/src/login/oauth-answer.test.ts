import { withExpiry } from './oauth-answer.ts';

test('expires_in is what is left of the token, and never less than nothing', () => {
  const answer = '{"access_token":"a","token_type":"Bearer","refresh_token":"r","scope":"account"}';
  const left = (nowMs: number) =>
    (JSON.parse(withExpiry({ answer, accessExpiresAtMs: 3_600_000 }, nowMs)) as { expires_in: number })
      .expires_in;
  expect([0, 1, 600_000, 3_600_000, 9_000_000].map(left)).toEqual([3600, 3599, 3000, 0, 0]);
});
