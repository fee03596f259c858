import type { Routes } from '../http/routes.ts';
import { jsonFormat } from '../http/wire-format.ts';
import { passwordSteps } from './embedded-accounts-off.ts';
import { signIn, type SignInDeps, signUp } from './sign-in-calls.ts';

export interface JsonApiDeps extends SignInDeps {
  readonly embeddedAccounts: boolean;
}

/** Mounts the JSON API's calls for people: signing up and signing in. */
export function mountJsonApi({ router }: Routes, deps: JsonApiDeps): void {
  const steps = passwordSteps(deps.embeddedAccounts, jsonFormat.readBody);
  router.post('/api/auth/signup', ...steps, signUp(deps));
  router.post('/api/auth/login', ...steps, signIn(deps));
}
