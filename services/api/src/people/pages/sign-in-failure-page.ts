import { html } from 'ghtml';
import type { SignInFailure } from '../provider-sign-in.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why a sign-in through a provider failed, and the page to return to. */
export interface SignInFailureInput extends Pending {
  readonly failure: SignInFailure;
  readonly provider: string;
}

/** Says why the sign-in failed and what helps. The link back keeps the purpose and offers every other way to sign in. */
export function signInFailurePage(
  { failure, provider, userCode, next }: SignInFailureInput,
  texts: Texts,
): string {
  const t = texts.signInFailure;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.reasons[failure]({ provider })}</p>
    </div>
    <p><a class="button" href="${withPending(paths.signIn, { userCode, next })}">${t.back}</a></p>`;
  return layout({ title: t.title, sun: 'set', body }, texts);
}
