import { dpopAlgorithms } from './dpop-proof.ts';

/** A credential that is valid now. */
export interface Credential {
  /** What was presented: an access token, a management key (a whole account) or an identity key (one identity). */
  readonly kind: 'access' | 'management' | 'identity';
  /** The account. */
  readonly userId: number;
  /** The login that gave it. */
  readonly grantId?: string;
  /** The only identity that it may use. Absent: the whole account. An access token may have it too. */
  readonly identityUuid?: string;
  /** The granted scope: words separated by spaces. */
  readonly scope: string;
  /** The program that logged in. */
  readonly clientId: string;
  /** When it ends; null if never. */
  readonly expiresAt: Date | null;
}

/** No valid credential was presented: answer `status` with the header `WWW-Authenticate: {challenge}`. (RFC 6750 §3) */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: 400 | 401 | 403;
  /** Absent when no credential was presented at all. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'invalid_dpop_proof';
  /** For the developer of the calling program; safe to show. */
  readonly description: string;
  readonly challenge: string;
}

/** The credential cannot be checked, since the authorization server does not answer: answer 503, serve nothing. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly status: 503;
  readonly description: string;
  /** The cause, for your log. */
  readonly cause: Error;
}

/** What a call needs besides a valid credential. */
export interface Needs {
  /** A word that its scope must have; without it the answer is 403. Challenges name it: what to ask for next time. (RFC 6750 §3) */
  readonly scope?: string | undefined;
}

/** The result of a check; branch on `kind`. */
export type Verification = Credential | Refusal | Unavailable;

/** The request besides its `Authorization` header, for tokens that are bound to a key. (RFC 9449) */
export interface RequestFacts {
  readonly method: string;
  /** The absolute address that the program used: behind a proxy, the public one. */
  readonly url: string;
  /** The header `DPoP`. */
  readonly dpop?: string | undefined;
}

const statuses = {
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  invalid_dpop_proof: 401,
} as const;

/** The refusal with further parameters in its challenge; those without a value are left out. (RFC 9110 §11.2) */
export function withParameters(
  refusal: Refusal,
  parameters: Readonly<Record<string, string | undefined>>,
): Refusal {
  const more = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`, ${name}="${value}"`],
  );
  return { ...refusal, challenge: refusal.challenge + more.join('') };
}

/** The refusal of a credential that is valid and has too few rights. */
export function insufficient(): Refusal {
  return refuse('insufficient_scope', 'this credential is valid and not good for this');
}

/** Whether this word is among the words of the credential's scope. (RFC 6749 §3.3) */
export function hasScope({ scope }: Credential, word: string): boolean {
  return scope.split(' ').includes(word);
}

/** A refusal, with its challenge. Descriptions are ASCII without quotes. (RFC 6750 §3) */
export function refuse(error: Refusal['error'], description: string, scheme = 'Bearer'): Refusal {
  const parameters = ['realm="ravi"'];
  if (error) parameters.push(`error="${error}"`, `error_description="${description}"`);
  if (scheme === 'DPoP') parameters.push(`algs="${dpopAlgorithms.join(' ')}"`);
  return {
    kind: 'refused',
    status: error ? statuses[error] : 401,
    ...(error ? { error } : {}),
    description,
    challenge: `${scheme} ${parameters.join(', ')}`,
  };
}
