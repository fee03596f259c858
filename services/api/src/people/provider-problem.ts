import * as oidc from 'openid-client';

/**
 * Why a sign-in at a provider failed: the person declined, the provider does not answer, its answer does not match
 * the attempt, or it did not ask somebody again who was to prove again who they are.
 */
export type ProviderProblem = 'declined' | 'providerDown' | 'untrusted' | 'notAskedAgain';

/** Classifies an error of `openid-client`. The reason is for the log: only codes, since messages and causes may quote an answer. */
export function problemAtProvider(error: unknown): {
  readonly problem: ProviderProblem;
  readonly reason: string;
} {
  if (error instanceof oidc.AuthorizationResponseError) {
    const reason = `authorization endpoint: ${wordIn(error)}`;
    if (error.error === 'access_denied') return { problem: 'declined', reason };
    const passing = ['temporarily_unavailable', 'server_error'].includes(error.error);
    return { problem: passing ? 'providerDown' : 'untrusted', reason };
  }
  if (error instanceof oidc.ResponseBodyError) {
    const reason = `token endpoint: ${error.status} ${wordIn(error)}`;
    return { problem: error.status >= 500 ? 'providerDown' : 'untrusted', reason };
  }
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (cause instanceof Response) {
    const reason = `answered ${cause.status}`;
    return { problem: cause.status >= 500 ? 'providerDown' : 'untrusted', reason };
  }
  // `fetch` reports every failure to connect as a TypeError; the cause says which.
  if (error instanceof TypeError && cause instanceof Error) {
    return { problem: 'providerDown', reason: `no connection: ${codeOf(cause)}` };
  }
  if (code === 'OAUTH_TIMEOUT') return { problem: 'providerDown', reason: 'timed out' };
  return { problem: 'untrusted', reason: typeof code === 'string' ? code : 'unknown reason' };
}

/** The start of an answer's `error`: the words of the standards are shorter, but a provider, or whoever comes back from it, may send a megabyte. */
const wordIn = ({ error }: { readonly error: string }) => error.slice(0, 64);

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
