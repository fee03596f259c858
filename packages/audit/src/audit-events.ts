/** What an event may tell: ids and addresses, and never a secret. */
interface AuditFieldValues {
  readonly login: string;
  readonly grant: string;
  readonly user: number;
  readonly client: string;
  readonly address: string;
  readonly key: string;
  readonly kind: 'management' | 'identity';
  readonly identity: string;
  readonly provider: string;
  readonly reason: string;
}

type AuditField = keyof AuditFieldValues;

/** What each field holds, for the docs. */
export const auditFields = {
  login: 'the id of the login, as `loginId` in the log lines',
  grant: 'the id of the grant that came of the login: it leads from `redeemed` to all that follows',
  user: "the account's id, a number",
  client: 'what the program calls itself',
  address: 'the address from which it was done',
  key: "the API key's id",
  kind: '`management` or `identity`',
  identity: "the identity's uuid",
  provider: 'the id of the OpenID provider, for people who came by one',
  reason: 'why: one word',
} satisfies Readonly<Record<AuditField, string>>;

interface AuditEventText {
  readonly when: string;
  readonly fields: readonly AuditField[];
  /** Fields that are there only where they are known. */
  readonly optional?: readonly AuditField[];
}

/**
 * Every event of the audit log, with its fields; the types, `WEBHOOK_EVENTS` and the docs come from this list. That a login expired
 * is implicit: nothing follows its last event.
 */
export const auditEvents = {
  started: { when: 'A program asked for a code.', fields: ['login', 'client', 'address'] },
  approved: { when: 'A person approved a login.', fields: ['login', 'user', 'address'] },
  denied: {
    when: 'A person denied a login; `reason` is `wrong_number` where another number was picked than the program shows.',
    fields: ['login', 'user', 'address'],
    optional: ['reason'],
  },
  // The code itself is not told: it may be somebody else's, mistyped.
  wrong_code: { when: 'A person entered a user code that no login has.', fields: ['user', 'address'] },
  issued: { when: 'The issuer made the credentials.', fields: ['login', 'user'] },
  redeemed: {
    when: 'The program has its credentials; `address` is where they were collected.',
    fields: ['login', 'grant', 'user', 'client', 'address'],
  },
  refreshed: { when: 'A refresh token was exchanged.', fields: ['grant', 'user', 'address'] },
  reuse_detected: {
    when: 'An old refresh token was presented: a copy exists, and the login has ended with all that came from it. (RFC 9700 §4.14.2)',
    fields: ['grant', 'user', 'address'],
  },
  grant_ended: {
    when: 'A login was ended with its tokens and keys; `reason` is `logged_out`, `revoked`, `not_me` or `too_many_logins`. Its keys have no event of their own.',
    fields: ['grant', 'user', 'reason', 'address'],
  },
  all_ended: {
    when: 'All that an account had granted was ended: every login, with its tokens and keys.',
    fields: ['user', 'address'],
  },
  key_created: {
    when: 'An API key was made; `grant` is the one that it came with, or by whose credential it was made.',
    fields: ['key', 'kind', 'user', 'address'],
    optional: ['identity', 'grant'],
  },
  key_used_first: { when: 'An API key was used for the first time.', fields: ['key', 'user', 'address'] },
  key_revoked: {
    when: 'An API key was revoked, and with it the keys that descend from it; `reason` is `logged_out` or `revoked`.',
    fields: ['key', 'user', 'reason', 'address'],
  },
  identity_created: {
    when: 'An identity was created, after the one that each account begins with; `login` is the one with whose approval.',
    fields: ['identity', 'user', 'address'],
    optional: ['login'],
  },
  identity_changed: {
    when: 'The name or the address of an identity was changed.',
    fields: ['identity', 'user', 'address'],
  },
  identity_deleted: {
    when: 'An identity was deleted, which ended its tokens and keys.',
    fields: ['identity', 'user', 'address'],
  },
  signed_up: { when: 'An account was created.', fields: ['user', 'address'], optional: ['provider'] },
  signed_in: { when: 'A person signed in.', fields: ['user', 'address'], optional: ['provider'] },
  // What was typed is not told: it may be a password in the wrong field.
  sign_in_failed: {
    when: 'A person could not sign in; `user` where the account is known.',
    fields: ['reason', 'address'],
    optional: ['user', 'provider'],
  },
  signed_out: { when: 'A person signed out.', fields: ['user', 'address'] },
  session_ended: {
    when: 'A person ended a browser session of their account.',
    fields: ['user', 'address'],
  },
  password_changed: {
    when: 'A password was changed; all other sessions ended.',
    fields: ['user', 'address'],
  },
} as const satisfies Readonly<Record<string, AuditEventText>>;

type AuditEvents = typeof auditEvents;

/** The name of an event. */
export type AuditEventName = keyof AuditEvents;

/** The names of all events. */
export const auditEventNames = Object.keys(auditEvents) as AuditEventName[];

type Optional<Name extends AuditEventName> = AuditEvents[Name] extends {
  readonly optional: readonly (infer Field extends AuditField)[];
}
  ? Field
  : never;

/** One thing that happened. */
export type AuditEvent = {
  [Name in AuditEventName]: { readonly event: Name } & {
    readonly [Field in AuditEvents[Name]['fields'][number]]: AuditFieldValues[Field];
  } & { readonly [Field in Optional<Name>]?: AuditFieldValues[Field] };
}[AuditEventName];

/** An event as it lies in the log: `id` names it for ever, also when it was written twice; `at` is ISO 8601. */
export type AuditRecord = { readonly id: string; readonly at: string } & AuditEvent;
