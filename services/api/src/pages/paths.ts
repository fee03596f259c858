/** The addresses of the pages' forms and links. */
export const paths = {
  home: '/',
  brand: '/brand',
  language: '/language',
  device: '/device',
  code: '/device/code',
  decision: '/device/decision',
  result: '/device/result',
  signIn: '/signin',
  signUp: '/signup',
  signOut: '/signout',
  account: '/account',
  programs: '/account/programs',
  activity: '/account/activity',
  deleteAccount: '/account/delete',
  accountDeleted: '/account/deleted',
  endProgram: '/account/programs/end',
  sessions: '/account/sessions',
  endSession: '/account/sessions/end',
  endOtherSessions: '/account/sessions/end-others',
  password: '/account/password',
  security: '/account/security',
  authenticatorApp: '/account/security/app',
  addPasskey: '/account/security/passkeys',
  removeFactor: '/account/security/remove',
  recoveryCodes: '/account/security/recovery-codes',
  linkProvider: '/account/security/link',
  unlinkProvider: '/account/security/unlink',
  secondStep: '/signin/second-step',
  signInByPasskey: '/signin/by-passkey',
  onceMore: '/signin/once-more',
  address: '/account/address',
  confirmAddress: '/account/address/confirm',
  forgot: '/forgot',
  reset: '/reset',
  verify: '/verify',
  undo: '/account/undo',
  sendVerification: '/account/verify',
  /** Where browsers and password managers look for the page that changes a password. (W3C Change Password URL) */
  wellKnownChangePassword: '/.well-known/change-password',
} as const;

/** The pages of the account, by the word in a link: a link can lead to no others. */
export const accountPages = {
  programs: paths.programs,
  activity: paths.activity,
  delete: paths.deleteAccount,
  sessions: paths.sessions,
  password: paths.password,
  security: paths.security,
  address: paths.address,
} as const;

export type AccountPage = keyof typeof accountPages;

/** The pages of one-time links, by the word that names them in an address. On these pages browsers send no `Referer` that would tell it. */
export const linkPages = {
  reset: paths.reset,
  verify: paths.verify,
  undo: paths.undo,
  address: paths.confirmAddress,
} as const;

/** A page of a one-time link, and the link's token. */
export interface LinkPage {
  readonly page: keyof typeof linkPages;
  readonly link: string;
}

/** The page that a person returns to after signing in: the decision about a code, or a page of the account. */
export interface Pending {
  readonly userCode?: string | undefined;
  readonly next?: AccountPage | undefined;
}

/** The address that begins a sign-in through a provider. */
export function providerSignInPath(providerId: string, pending: Pending): string {
  return withPending(`${paths.signIn}/${providerId}`, pending);
}

/** The path with the pending page, and an address that was typed, in its query; unchanged if there is neither. */
export function withPending(path: string, pending: Pending, email = ''): string {
  const fields = { ...pendingFields(pending), ...(email === '' ? {} : { email }) };
  const query = new URLSearchParams(fields).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** The pending page, by the field names of forms and links. */
export function pendingFields({ userCode, next }: Pending): Readonly<Record<string, string>> {
  return { ...(userCode ? { user_code: userCode } : {}), ...(next ? { next } : {}) };
}
