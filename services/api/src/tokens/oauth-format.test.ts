import { Problem } from '../http/problem.ts';
import { oauthProblemAnswer } from './oauth-format.ts';

const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' };

test('a fault of ours is told as one, without its cause', () => {
  expect(oauthProblemAnswer(null)).toEqual({
    status: 500,
    headers: noStore,
    body: { error: 'server_error' },
  });
});

test('a problem has a word of OAuth, a description without quotation marks, and says when to ask again and with what', () => {
  const limited = new Problem('rate_limited', 'Wait for "a moment".', { retryAfterSeconds: 7 });
  expect(oauthProblemAnswer(limited)).toEqual({
    status: 429,
    headers: { ...noStore, 'retry-after': '7' },
    body: { error: 'temporarily_unavailable', error_description: "Wait for 'a moment'." },
  });
  const unproven = new Problem('use_dpop_nonce', 'Use it.', { dpopNonce: 'a-nonce' });
  expect(oauthProblemAnswer(unproven)).toMatchObject({
    status: 400,
    headers: { ...noStore, 'dpop-nonce': 'a-nonce' },
    body: { error: 'use_dpop_nonce' },
  });
});

test('a client that is not known is asked for HTTP Basic, and what OAuth has no word for is an invalid request', () => {
  expect(oauthProblemAnswer(new Problem('invalid_client', 'Who?'))).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="ravi"' },
    body: { error: 'invalid_client' },
  });
  expect(oauthProblemAnswer(new Problem('not_allowed_here', 'Not from there.'))).toMatchObject({
    status: 403,
    body: { error: 'access_denied' },
  });
  const other = oauthProblemAnswer(new Problem('unsupported_media_type', 'A form.'));
  expect([other.status, other.body]).toEqual([
    415,
    { error: 'invalid_request', error_description: 'A form.' },
  ]);
  expect(other.headers).toEqual(noStore);
});
