/** The outcome of redeeming a device_code. */
export type Redemption =
  /** No such login, or a device_code that does not belong to it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' }
  /** The client names another service than the one that the login is for. (RFC 8707 §2.2) */
  | { readonly kind: 'otherResource' }
  /** `otherWaiter`: the other api instance that held (`wait`) or holds (`check`) a request for this login. */
  | { readonly kind: 'pending'; readonly otherWaiter: string | null }
  /** Polled too fast; `intervalSeconds` is the interval that the program has to keep from now on. (RFC 8628 §3.5) */
  | { readonly kind: 'slowDown'; readonly intervalSeconds: number }
  /** Approved, not issued yet. `approvedForMs` tells whether its job may have been lost. */
  | {
      readonly kind: 'approved';
      readonly approvedForMs: number;
      readonly startedAtMs: number;
      readonly otherWaiter: string | null;
    }
  | { readonly kind: 'denied' }
  /** Approved, but no credentials could be made. */
  | { readonly kind: 'aborted' }
  /** Leased to this request: answer it, then `complete` or `release`. */
  | { readonly kind: 'issued'; readonly sealed: string; readonly approvedForMs: number }
  /** Another request is being answered with the result; that may still fail. */
  | { readonly kind: 'leased'; readonly remainingMs: number; readonly otherWaiter: string | null }
  | { readonly kind: 'redeemed' };

/** The outcome of an approval or a denial. `waiter`: the api instance to wake. */
export type Decision =
  /** `again`: the same human had decided the same before; nothing changed. */
  | { readonly kind: 'approved'; readonly startedAtMs: number; readonly again: boolean }
  | { readonly kind: 'denied'; readonly waiter: string | null; readonly again: boolean }
  /** Decided before, differently or by somebody else. `state` is the true one. */
  | { readonly kind: 'decided'; readonly state: 'approved' | 'denied' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' };

/** The outcome of an approval. `identityOnly`: the client may not have the account, so nothing was decided. */
export type ApprovalDecision = Decision | { readonly kind: 'identityOnly' };

/** The outcome of a settlement. `waiter`: the api instance to wake. */
export type Settlement =
  | { readonly kind: 'issued'; readonly waiter: string | null; readonly again: boolean }
  /** Not approved, or expired: nothing to settle. */
  | { readonly kind: 'refused' };

/** The outcome of aborting an approved login. `waiters`: the api instances to wake. */
export type Abortion =
  | { readonly kind: 'aborted'; readonly waiters: readonly string[] }
  /** It is not approved any more: nothing changed. */
  | { readonly kind: 'refused' };

/** The outcome of withdrawing an approval. `waiters`: the api instances to wake. */
export type Withdrawal =
  | { readonly kind: 'withdrawn'; readonly waiters: readonly string[] }
  /** It is not approved any more, or was approved in another epoch: nothing changed. */
  | { readonly kind: 'refused' };

/** What an approval that is not issued yet depends on. */
export interface UnissuedApproval {
  readonly userId: number;
  /** The epoch of the account in which the human approved. */
  readonly accountEpoch: string;
  /** Empty when the human chose none. */
  readonly identityUuid: string;
}

/** The progress of an approved login, for the human who approved it; `unknown` for everybody else. */
export type Progress = 'unknown' | 'waiting' | 'collected' | 'denied' | 'aborted';

/** A decision that was made: whose, when, and on which terms. */
export interface MadeDecision {
  readonly userId: number;
  readonly atMs: number;
  /** The human picked another number than the program shows, which denies. */
  readonly wrongNumber: boolean;
  /** The identity for which it was approved; empty for none. */
  readonly identityUuid: string;
  readonly keyScope: 'account' | 'identity';
  /** Null for no limit. */
  readonly keyTtlSeconds: number | null;
}

/** The facts of a login that its human sees before and after deciding. */
export interface LoginSummary {
  readonly state: 'pending' | 'approved' | 'denied' | 'aborted' | 'issued' | 'redeemed' | 'expired';
  readonly clientName: string;
  readonly address: string;
  readonly userAgent: string;
  /** ISO 3166 code of the country that the request came from, as a trusted proxy says; empty if unknown. */
  readonly country: string;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  /** Empty for a program of the JSON API. */
  readonly clientId: string;
  readonly requestedScope: string;
  /** The service that its tokens are for; empty for our own API. */
  readonly resource: string;
  /** Thumbprint of the key that the program proved; empty for none. (RFC 9449) */
  readonly keyThumbprint: string;
  /** Null while nobody has decided. */
  readonly decision: MadeDecision | null;
}

/** An approved login, as the issuer reads it. */
export interface ApprovedLogin {
  /** `issued`: perhaps collected since. */
  readonly state: 'approved' | 'issued' | 'other';
  readonly userId: number;
  /** Empty when the human chose none. */
  readonly identityUuid: string;
  readonly wrappedKey: string;
  readonly deviceCodeHash: string;
  readonly clientName: string;
  readonly address: string;
  readonly userAgent: string;
  /** The API that the program uses: our JSON API, or the OAuth API. */
  readonly protocol: 'ravi' | 'oauth';
  /** Empty for a program of the JSON API. */
  readonly clientId: string;
  readonly requestedScope: string;
  /** The service that its tokens are for; empty for our own API. */
  readonly resource: string;
  /** Thumbprint of the key that the tokens are to be bound to; empty for none. (RFC 9449 §6.1) */
  readonly keyThumbprint: string;
  /** What the human granted: the whole account, or the chosen identity alone. */
  readonly keyScope: 'account' | 'identity';
  /** Seconds for which the human granted it; null for no limit. */
  readonly keyTtlSeconds: number | null;
  /** The language of the human who approved, such as `de`; empty if unknown. */
  readonly language: string;
  readonly approvedAtMs: number;
  /** The epoch in which the account approved. */
  readonly accountEpoch: string;
  readonly waiter: string | null;
}
