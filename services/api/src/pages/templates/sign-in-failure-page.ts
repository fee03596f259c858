import { html } from 'ghtml';
import type { SignInFailure } from '../../oidc/provider-sign-in.ts';
import { layout } from './layout.ts';
import { paths, withUserCode } from './paths.ts';
import type { Texts } from './texts/texts-for.ts';

/** Why a sign-in through a provider came to nothing, and the code that it was for. */
export interface SignInFailureInput {
  readonly failure: SignInFailure;
  readonly provider: string;
  readonly userCode?: string | undefined;
}

/** Says why nobody was signed in and what helps; the way back keeps the code and offers every other way to sign in. */
export function signInFailurePage({ failure, provider, userCode }: SignInFailureInput, texts: Texts): string {
  const t = texts.signInFailure;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.reasons[failure](provider)}</p>
    </div>
    <p><a class="button" href="${withUserCode(paths.signIn, userCode)}">${t.back}</a></p>`;
  return layout({ title: t.title, sun: 'set', body }, texts);
}
