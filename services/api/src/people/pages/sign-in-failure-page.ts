import { html } from 'ghtml';
import type { LinkFailure } from '../linked-providers.ts';
import type { SignInFailure } from '../provider-sign-in.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why nobody was signed in or linked. */
export type ShownFailure = SignInFailure | LinkFailure;

/** Why a sign-in through a provider, or linking one, failed, and the page to return to. */
export interface SignInFailureInput {
  readonly failure: ShownFailure;
  readonly provider: string;
  readonly back: Pending;
  /** Whether a provider was to be linked. */
  readonly linking?: boolean;
}

/** Says what failed, why, and what helps. The link back keeps the purpose and offers every other way to sign in. */
export function signInFailurePage(
  { failure, provider, back, linking = false }: SignInFailureInput,
  texts: Texts,
): string {
  const t = texts.signInFailure;
  const [title, href, label] = linking
    ? [t.notLinked, withPending(paths.security, back), texts.security.title]
    : failure === 'notAskedAgain'
      ? [texts.onceMore.title, withPending(paths.onceMore, back), texts.message.again]
      : [t.title, withPending(paths.signIn, back), t.back];
  const body = html`<div class="tight">
      <h1>${title}</h1>
      <p>${t.reasons[failure]({ provider })}</p>
    </div>
    <p><a class="button" href="${href}">${label}</a></p>`;
  return layout({ title, sun: 'set', body }, texts);
}
