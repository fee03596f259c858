/** The fields that an event may have: ids and addresses, and never a secret. */
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
  readonly factor: 'totp' | 'passkey' | 'recovery_code';
  readonly reason: string;
  readonly by: string;
  readonly of: string;
}

type AuditField = keyof AuditFieldValues;

/** The meaning of each field, for the docs. */
export const auditFields = {
  login: 'the id of the login, as `loginId` in the log lines',
  grant: 'the id of the grant that the login gave: it connects `redeemed` with all later events',
  user: "the account's id, a number",
  client: 'what the program calls itself',
  address: 'the address from which the request came',
  key: "the API key's id",
  kind: '`management` or `identity`',
  identity: "the identity's uuid",
  provider: 'the id of the OpenID provider, for people who sign in with one',
  factor: '`totp` (an authenticator app), `passkey` or `recovery_code`',
  reason: 'why: one word',
  of: 'the name of another event',
  by: 'the operator who did it with `npm run accounts`, by the name that they gave',
} satisfies Readonly<Record<AuditField, string>>;

interface AuditEventText {
  readonly when: string;
  readonly fields: readonly AuditField[];
  /** Fields that an event has only if they are known. */
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
    when: 'A person denied a login; `reason` is `wrong_number` if the person picked another number than the program shows.',
    fields: ['login', 'user', 'address'],
    optional: ['client', 'reason'],
  },
  // The code itself is left out: it may be somebody else's, mistyped.
  wrong_code: { when: 'A person entered a user code that no login has.', fields: ['user', 'address'] },
  issued: { when: 'The issuer made the credentials.', fields: ['login', 'user'] },
  aborted: {
    when: 'No credentials could be made for an approved login; `reason` is `account_gone`, or `secret_differs` if the issuer has another `SECRET` than the api.',
    fields: ['login', 'user', 'reason'],
  },
  redeemed: {
    when: 'The program collected its credentials, from `address`.',
    fields: ['login', 'grant', 'user', 'client', 'address'],
  },
  refreshed: { when: 'A refresh token was exchanged.', fields: ['grant', 'user', 'address'] },
  reuse_detected: {
    when: 'An old refresh token was presented: a copy exists, and the login has ended with everything that came from it. (RFC 9700 §4.14.2)',
    fields: ['grant', 'user', 'address'],
  },
  grant_ended: {
    when: 'A login was ended with its tokens and keys; `reason` is `logged_out`, `revoked`, `not_me` or `too_many_logins`. Its keys have no event of their own.',
    fields: ['grant', 'user', 'reason', 'address'],
  },
  all_ended: {
    when: 'Everything was ended: every login of the account, with its tokens and keys.',
    fields: ['user'],
    optional: ['address', 'by'],
  },
  key_created: {
    when: 'An API key was made; `grant` is the one that includes it, or whose credential made it.',
    fields: ['key', 'kind', 'user', 'address'],
    optional: ['identity', 'grant'],
  },
  key_used_first: { when: 'An API key was used for the first time.', fields: ['key', 'user', 'address'] },
  key_revoked: {
    when: 'An API key was revoked, with the keys that it made; `reason` is `logged_out` or `revoked`.',
    fields: ['key', 'user', 'reason'],
    optional: ['address', 'by'],
  },
  identity_created: {
    when: 'An identity was created in addition to the first one of each account; `login` is the login whose approval created it.',
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
  signed_in: {
    when: 'A person signed in; `factor` is the second step, or the passkey that was enough alone.',
    fields: ['user', 'address'],
    optional: ['provider', 'factor'],
  },
  authenticated_again: {
    when: 'A person who was signed in proved again who they are, since that was long ago.',
    fields: ['user', 'address'],
    optional: ['factor'],
  },
  second_step_asked: {
    when: 'The right password of an account with a second factor was entered, or its person came from a `provider`, and the second step is to come: `signed_in` follows, or nothing.',
    fields: ['user', 'address'],
    optional: ['provider'],
  },
  // The input is left out: it may be a password in the wrong field.
  sign_in_failed: {
    when: 'A person could not sign in; `user` is the account, if known.',
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
  password_reset: {
    when: 'A person set a new password by a one-time link; all sessions ended.',
    fields: ['user', 'address'],
  },
  factor_added: {
    when: 'A person set up a second factor.',
    fields: ['user', 'address', 'factor'],
  },
  factor_replaced: {
    when: 'A person replaced their authenticator app by another; all other sessions ended.',
    fields: ['user', 'address', 'factor'],
  },
  factor_removed: {
    when: 'A person removed a second factor; all other sessions ended.',
    fields: ['user', 'address', 'factor'],
  },
  provider_linked: {
    when: 'A person let a further provider sign them in.',
    fields: ['user', 'address', 'provider'],
  },
  provider_unlinked: {
    when: 'A person ended that a provider signs them in; all other sessions ended.',
    fields: ['user', 'address', 'provider'],
  },
  sign_in_put_back: {
    when: 'A person put back the second factors and providers of before a change, by the link in the e-mail that told of it; all sessions ended.',
    fields: ['user', 'address'],
  },
  recovery_codes_made: {
    when: 'A person made new recovery codes; those of before count no more, and all other sessions ended.',
    fields: ['user', 'address'],
  },
  factors_reset: {
    when: 'All second factors of an account were removed: by an operator, such as for a person who lost their phone; or, from `address`, since the person of its e-mail address took it over by a new password.',
    fields: ['user'],
    optional: ['address', 'by'],
  },
  email_verified: {
    when: 'A person confirmed the e-mail address of their account by a link that was sent there.',
    fields: ['user', 'address'],
  },
  email_changed: {
    when: 'The e-mail address of an account was changed, by a link that was sent to the new one.',
    fields: ['user', 'address'],
  },
  account_taken_over: {
    when: 'A provider vouched for the address of an account, which nobody had confirmed: the person signs in there now. Its password, second factors, sessions, logins and keys of before ended.',
    fields: ['user', 'address', 'provider'],
  },
  reset_link_made: {
    when: 'An operator made a one-time link that sets a new password.',
    fields: ['user', 'by'],
  },
  account_blocked: {
    when: 'An operator blocked an account, which ended its sessions, logins and keys.',
    fields: ['user', 'by'],
  },
  account_unblocked: { when: 'An operator lets a blocked account sign in again.', fields: ['user', 'by'] },
  account_deleted: {
    when: 'An account was deleted, by its person from `address`, or by an operator; noted once nothing of it works, before it is cleared.',
    fields: ['user'],
    optional: ['address', 'by'],
  },
  account_exported: { when: 'An operator exported what is stored about a person.', fields: ['user', 'by'] },
  account_shown: { when: 'An operator looked at an account.', fields: ['user', 'by'] },
  events_left_out: {
    when: 'From here on events with the name `of` about this account, or about none, are left out, for a day at most: their share was used up.',
    fields: ['of'],
    optional: ['user'],
  },
  accounts_searched: {
    when: 'An operator searched the accounts. What for is not told.',
    fields: ['by'],
  },
  secrets_resealed: {
    when: 'An operator sealed the secrets of authenticator apps under a new `SECRET`.',
    fields: ['by'],
  },
  keys_searched: { when: 'An operator searched the API keys by their first characters.', fields: ['by'] },
} as const satisfies Readonly<Record<string, AuditEventText>>;

type AuditEvents = typeof auditEvents;

export type AuditEventName = keyof AuditEvents;

export const auditEventNames = Object.keys(auditEvents) as AuditEventName[];

type Optional<Name extends AuditEventName> = AuditEvents[Name] extends {
  readonly optional: readonly (infer Field extends AuditField)[];
}
  ? Field
  : never;

export type AuditEvent = {
  [Name in AuditEventName]: { readonly event: Name } & {
    readonly [Field in AuditEvents[Name]['fields'][number]]: AuditFieldValues[Field];
  } & { readonly [Field in Optional<Name>]?: AuditFieldValues[Field] };
}[AuditEventName];

/** An event in the log: `id` identifies it permanently, even if it was written twice; `at` is ISO 8601. */
export type AuditRecord = { readonly id: string; readonly at: string } & AuditEvent;
