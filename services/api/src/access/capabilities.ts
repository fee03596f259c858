/**
 * The role of a credential. An access token for one identity has the role `identity`: it may do what that identity's key may do. One
 * that was narrowed to neither the account nor an identity is `other`.
 */
export type Role = 'access' | 'management' | 'identity' | 'other';

/** Which roles may do what. Nothing else is allowed. */
export const capabilities = {
  'read the account': ['access', 'management'],
  "read the owner's name": ['access', 'management', 'identity'],
  /** The identity sees itself alone. */
  'read identities': ['access', 'management', 'identity'],
  'change identities': ['access', 'management'],
  'read domains': ['access', 'management', 'identity'],
  'manage keys': ['access', 'management'],
  /** For programs of the JSON calls alone, and not with a token that is bound to a key. */
  'make keys': ['access', 'management'],
  /** Ends the credential that was presented. */
  'log out': ['access', 'management', 'identity', 'other'],
} as const satisfies Record<string, readonly Role[]>;

export type Capability = keyof typeof capabilities;

/** Whether a role may do this. */
export function may(role: Role, capability: Capability): boolean {
  return capabilities[capability].some((allowed) => allowed === role);
}
