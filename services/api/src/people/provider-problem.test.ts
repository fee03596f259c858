import * as oidc from 'openid-client';
import { problemAtProvider } from './provider-problem.ts';

const declined = (error: string) =>
  new oidc.AuthorizationResponseError('refused', { cause: new URLSearchParams({ error }) });
const answered = (status: number, error = 'invalid_client') =>
  new oidc.ResponseBodyError('refused', {
    cause: { error },
    response: new Response(null, { status }),
  });
const unexpected = (status: number) => new Error('refused', { cause: new Response(null, { status }) });
const unreachable = (cause: Error) => new TypeError('fetch failed', { cause });

test.each<[string, unknown, string, string]>([
  ['declines', declined('access_denied'), 'declined', 'authorization endpoint: access_denied'],
  ['fails', declined('server_error'), 'providerDown', 'authorization endpoint: server_error'],
  [
    'is busy',
    declined('temporarily_unavailable'),
    'providerDown',
    'authorization endpoint: temporarily_unavailable',
  ],
  ['refuses us', declined('unauthorized_client'), 'untrusted', 'authorization endpoint: unauthorized_client'],
  [
    'says more than a word',
    declined('x'.repeat(10_000)),
    'untrusted',
    `authorization endpoint: ${'x'.repeat(64)}`,
  ],
  [
    'says too much of the code',
    answered(400, 'x'.repeat(10_000)),
    'untrusted',
    `token endpoint: 400 ${'x'.repeat(64)}`,
  ],
  ['refuses the code', answered(499), 'untrusted', 'token endpoint: 499 invalid_client'],
  ['fails at the code', answered(500), 'providerDown', 'token endpoint: 500 invalid_client'],
  ['answers 499', unexpected(499), 'untrusted', 'answered 499'],
  ['answers 500', unexpected(500), 'providerDown', 'answered 500'],
  [
    'is not there',
    unreachable(Object.assign(new Error('secret'), { code: 'ECONNREFUSED' })),
    'providerDown',
    'no connection: ECONNREFUSED',
  ],
  ['breaks off', unreachable(new RangeError('secret')), 'providerDown', 'no connection: RangeError'],
  [
    'breaks off with a number',
    unreachable(Object.assign(new RangeError('secret'), { code: 7 })),
    'providerDown',
    'no connection: RangeError',
  ],
  ['is late', Object.assign(new Error('secret'), { code: 'OAUTH_TIMEOUT' }), 'providerDown', 'timed out'],
  ['lies', Object.assign(new Error('secret'), { code: 'OAUTH_INVALID' }), 'untrusted', 'OAUTH_INVALID'],
  ['does what nobody knows', new TypeError('secret'), 'untrusted', 'unknown reason'],
])('a provider that %s is told apart, for the log without what it said', (_, error, problem, reason) => {
  expect(problemAtProvider(error)).toEqual({ problem, reason });
});
