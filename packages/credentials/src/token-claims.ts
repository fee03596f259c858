/** Lifetime of an access token. */
export const accessTokenTtlSeconds = 3600;

/** Lifetime of a refresh token. */
export const refreshTokenTtlSeconds = 30 * 24 * 3600;

/**
 * `typ` in the header of each token, so that one never passes as the other. (RFC 9068 §2.1 names the first;
 * RFC 8725 §3.11 asks for the distinction)
 */
export const tokenTypes = { access: 'at+jwt', refresh: 'rt+jwt' } as const;

/** The audience of each token: the API, and our own refresh call. */
export const tokenAudiences = { access: 'ravi-api', refresh: 'ravi-refresh' } as const;
