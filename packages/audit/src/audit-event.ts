/**
 * What the audit log tells: one thing that happened, with ids and addresses, and never a secret. `client` is what a program
 * calls itself; `reason` is a word of ours. That a login expired is implicit: nothing follows its last event.
 */
export type AuditEvent =
  | { readonly event: 'started'; readonly login: string; readonly client: string; readonly address: string }
  | {
      readonly event: 'approved' | 'denied';
      readonly login: string;
      readonly user: number;
      readonly address: string;
      /** Denied because another number was picked than the program's, and not by a word. */
      readonly reason?: 'wrong_number';
    }
  /** A user_code was entered that no login has. The code itself is not told: it may be somebody else's, mistyped. */
  | { readonly event: 'wrong_code'; readonly user: number; readonly address: string }
  | { readonly event: 'issued'; readonly login: string; readonly user: number }
  /** The program has its credentials; from here on the grant's id leads on. */
  | {
      readonly event: 'redeemed';
      readonly login: string;
      readonly grant: string;
      readonly user: number;
      readonly client: string;
      /** From where they were collected, which need not be where the login was started. */
      readonly address: string;
    }
  | {
      readonly event: 'refreshed';
      readonly grant: string;
      readonly user: number;
      readonly address: string;
    }
  /** An old refresh token was presented: a copy exists, and the grant has ended. (RFC 9700 §4.14.2) */
  | {
      readonly event: 'reuse_detected';
      readonly grant: string;
      readonly user: number;
      readonly address: string;
    }
  | {
      readonly event: 'grant_ended';
      readonly grant: string;
      readonly user: number;
      readonly reason: string;
      readonly address: string;
    }
  | {
      readonly event: 'key_created';
      readonly key: string;
      readonly kind: 'management' | 'identity';
      readonly user: number;
      readonly identity?: string;
      /** The grant that it came with, or by whose credential it was made. */
      readonly grant?: string;
      readonly address: string;
    }
  | {
      readonly event: 'key_used_first';
      readonly key: string;
      readonly user: number;
      readonly address: string;
    }
  | {
      readonly event: 'key_revoked';
      readonly key: string;
      readonly user: number;
      readonly reason: string;
      readonly address: string;
    }
  | {
      readonly event: 'identity_created' | 'identity_changed' | 'identity_deleted';
      readonly identity: string;
      readonly user: number;
      readonly address: string;
      /** The login with whose approval it was created. */
      readonly login?: string;
    }
  | {
      readonly event: 'signed_up' | 'signed_in';
      readonly user: number;
      readonly address: string;
      /** The OpenID provider, for those who came by one. */
      readonly provider?: string;
    }
  /** `user` where the account is known. What was typed is never told: it may be a password in the wrong field. */
  | {
      readonly event: 'sign_in_failed';
      readonly address: string;
      readonly reason: string;
      readonly user?: number;
      readonly provider?: string;
    }
  | {
      readonly event: 'signed_out' | 'session_ended' | 'password_changed';
      readonly user: number;
      readonly address: string;
    };

/** The name of an event. */
export type AuditEventName = AuditEvent['event'];

/** An event as it lies in the log: `id` names it for ever, also when it was written twice; `at` is ISO 8601. */
export type AuditRecord = { readonly id: string; readonly at: string } & AuditEvent;
