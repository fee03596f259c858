/** Where the pages' forms and links lead. `user_code` rides along so that signing in ends at the code. */
export const paths = {
  home: '/',
  device: '/device',
  code: '/device/code',
  decision: '/device/decision',
  signIn: '/signin',
  signUp: '/signup',
  signOut: '/signout',
  programs: '/account/programs',
  endProgram: '/account/programs/end',
  sessions: '/account/sessions',
  endSession: '/account/sessions/end',
  endOtherSessions: '/account/sessions/end-others',
} as const;

/** Where signing in through a provider begins. */
export function providerSignInPath(providerId: string, userCode: string | undefined): string {
  return withUserCode(`${paths.signIn}/${providerId}`, userCode);
}

/** The same path with the pending code as a query parameter, or unchanged when there is none. */
export function withUserCode(path: string, userCode: string | undefined): string {
  return userCode ? `${path}?${new URLSearchParams({ user_code: userCode }).toString()}` : path;
}
