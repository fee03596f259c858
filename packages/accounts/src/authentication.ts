/** How a person proved who they are: the first step, and the second where there was one. A passkey is both at once. */
export interface AuthenticationMethod {
  readonly by: 'password' | 'passkey' | 'provider';
  readonly factor: 'totp' | 'passkey' | 'recovery_code' | null;
}

/** The last time that a person proved who they are. */
export interface Authentication extends AuthenticationMethod {
  readonly atMs: number;
}

/** Whether more than a password was proven. Of a provider's sign-in the provider decides that. */
export function isStrong(method: AuthenticationMethod): boolean {
  return method.by === 'provider' || tookSecondStep(method);
}

/** Whether a factor of the account itself was proven. */
export function tookSecondStep({ by, factor }: AuthenticationMethod): boolean {
  return by === 'passkey' || factor !== null;
}

/** A sign-in with the password alone. */
export const byPassword: AuthenticationMethod = { by: 'password', factor: null };
