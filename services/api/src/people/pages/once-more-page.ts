import { html } from 'ghtml';
import { type HiddenFields, hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, providerSignInPath } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { pendingCodeLine } from '../../pages/shown-code.ts';
import { passkeyForm } from './passkey-form.ts';
import type { ProviderChoice } from '../provider-sign-in.ts';
import type { PasskeyProblem } from './passkey-problem.ts';
import { providerMark } from './provider-mark.ts';

/** Why the person was not recognised. */
export type OnceMoreProblem = 'wrongPassword' | 'tooManyAttempts';

/** The person, how they can prove who they are, and what they were about to do. */
export interface OnceMoreInput extends Pending {
  readonly csrfToken: string;
  readonly account: { readonly email: string };
  readonly hasPassword: boolean;
  readonly passkeyOptions: object | null;
  /** Through which they sign in. */
  readonly providers: readonly ProviderChoice[];
  readonly problem?: OnceMoreProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
  readonly passkeyProblem?: PasskeyProblem | undefined;
}

/** Asks a person who signed in long ago to prove once more who they are; every form and link keeps what they were about to do. */
export function onceMorePage(input: OnceMoreInput, texts: Texts): string {
  const { csrfToken, account, hasPassword, passkeyOptions, problem, passkeyProblem } = input;
  const t = texts.onceMore;
  const hidden = { csrf_token: csrfToken, again: '1', ...pendingFields(input) };
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      !${pendingCodeLine(texts.signIn.forCode, input.userCode)}
      <p class="quiet">${t.lead}</p>
    </div>
    !${problemNote(problem && problemText(t.problems[problem], input.retryAfterSeconds, texts.lang))}
    !${problemNote(passkeyProblem && texts.passkey.refused[passkeyProblem])}
    !${
      passkeyOptions === null
        ? ''
        : passkeyForm(
            {
              action: paths.signInByPasskey,
              ceremony: 'get',
              options: passkeyOptions,
              hidden,
              label: texts.passkey.prove,
            },
            texts,
          )
    }
    !${hasPassword ? passwordForm(input, hidden, texts) : ''} !${providerLinks(input, texts)}`;
  const { email } = account;
  return layout(
    {
      title: t.title,
      failed: (problem ?? passkeyProblem) !== undefined,
      signedIn: { email, csrfToken, userCode: input.userCode },
      pending: input,
      body,
    },
    texts,
  );
}

/** The button of the password is the main one where no passkey is asked for. */
function passwordForm(
  { passkeyOptions, problem }: OnceMoreInput,
  hidden: HiddenFields,
  texts: Texts,
): string {
  return html`<form class="stack" method="post" action="${paths.onceMore}">
    !${hiddenFields(hidden)}
    !${textField({
      name: 'password',
      label: texts.password,
      type: 'password',
      autocomplete: 'current-password',
      reveal: texts.reveal,
      focus: passkeyOptions === null,
      wrong: problem === 'wrongPassword',
    })}
    <button class="button ${passkeyOptions === null ? '' : 'outline'}">${texts.onceMore.submit}</button>
  </form>`;
}

function providerLinks(input: OnceMoreInput, texts: Texts): string {
  if (input.providers.length === 0) return '';
  const links = input.providers.map(
    (provider) =>
      html`<a class="button outline" href="${providerSignInPath(provider.id, input)}"
        >!${providerMark(provider)}${texts.onceMore.through({ provider: provider.label })}</a
      >`,
  );
  return html`<div class="tight">!${links}</div>`;
}
