import { html } from 'ghtml';
import { displaySafe } from '../../pages/display-safe.ts';
import { type Fact, fact, factList } from '../../pages/facts.ts';
import { type HiddenFields, hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, withPending } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { linkedProvidersSection, type ShownProviders } from './linked-providers-section.ts';
import { ownPasswordField, type OwnPasswordProblem, ownPasswordProblemText } from './own-password-field.ts';
import { passkeyForm } from './passkey-form.ts';

/** When something was added and used last. */
interface ShownUse {
  readonly addedSecondsAgo: number;
  readonly usedSecondsAgo: number | null;
}

export interface ShownPasskey extends ShownUse {
  readonly id: string;
  readonly name: string;
  readonly backedUp: boolean;
}

/** What was just done, and what could not be done. */
export const securityNews = [
  'app',
  'appReplaced',
  'appRemoved',
  'passkey',
  'passkeyRemoved',
  'recovery',
  'linked',
  'unlinked',
] as const;
export type SecurityNews = (typeof securityNews)[number];

/** The address of this page that tells what was just done. */
export function securityDone(news: SecurityNews, pending: Pending): string {
  const page = withPending(paths.security, pending);
  return `${page}${page.includes('?') ? '&' : '?'}done=${news}`;
}

export type SecurityProblem =
  | 'answer'
  | 'conflict'
  | 'lastWayIn'
  | 'wrongPasswordToLink'
  | OwnPasswordProblem;

/** The factors of a person. */
export interface SecurityInput extends Pending {
  readonly csrfToken: string;
  /** The mark that tells when the form was shown. */
  readonly shown?: string | undefined;
  readonly account: { readonly email: string };
  /** Whether they have a second factor to approve at all. */
  readonly required: boolean;
  readonly app: ShownUse | null;
  readonly passkeys: readonly ShownPasskey[];
  /** What a browser is asked to make; null where there can be no further passkey, or none at all. */
  readonly creationOptions: object | null;
  readonly recoveryCodesLeft: number;
  readonly providers: ShownProviders;
  readonly news?: SecurityNews | undefined;
  readonly problem?: SecurityProblem | undefined;
  /** The name that was typed for a passkey that was not added. */
  readonly passkeyName?: string | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Lists an account's authenticator app, passkeys, recovery codes and providers; each can be added and removed. */
export function securityPage(input: SecurityInput, texts: Texts): string {
  const { account, required, app, passkeys, news, problem } = input;
  const form = { csrf_token: input.csrfToken, shown: input.shown, ...pendingFields(input) };
  const t = texts.security;
  const count = passkeys.length + (app === null ? 0 : 1);
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${news ? html`<p class="note done" role="status">${newsText(news, input, texts)}</p>` : ''}
    !${required && count === 0 ? html`<p class="note">${t.required}</p>` : ''}
    !${problemNote(problem && problemWords(problem, input.retryAfterSeconds, texts))}
    !${required && count === 0 ? '' : onToCode(input, texts)}
    !${count === 1 ? html`<p class="note">${t.onlyOne}</p>` : ''}
    <div class="facts">
      <section>
        <h2>${t.passkeys}</h2>
        !${passkeys.length === 0 ? html`<p class="quiet">${t.passkeysNone}</p>` : ''}
        !${passkeys.map((passkey) => onePasskey(passkey, form, texts))}
        !${addPasskey(input, form, count === 0, texts)}
      </section>
      <section>
        <h2>${t.app}</h2>
        !${
          app === null
            ? html`<p class="quiet">${t.appNone}</p>
                <p><a class="button" href="${withPending(paths.authenticatorApp, input)}">${t.appAdd}</a></p>`
            : html`!${factList(use(app, texts))}
                <p>
                  <a class="button outline" href="${withPending(paths.authenticatorApp, input)}"
                    >${t.appReplace}</a
                  >
                </p>
                !${removeForm('totp', t.app, form, texts)}`
        }
      </section>
      !${count === 0 ? '' : recovery(input, form, texts)}
      !${linkedProvidersSection({ ...input.providers, problem }, form, texts)}
    </div>
    <p><a href="${paths.sessions}">${texts.sessions.title}</a></p>`;
  const signedIn = { email: account.email, csrfToken: input.csrfToken };
  return layout({ title: t.title, failed: problem !== undefined, signedIn, pending: input, body }, texts);
}

/** The way on to the code for which the person came. */
function onToCode({ userCode }: Pending, texts: Texts): string {
  if (!userCode) return '';
  return html`<p>
    <a class="button" href="${withPending(paths.device, { userCode })}">${texts.secondStep.submit}</a>
  </p>`;
}

function newsText(news: SecurityNews, { recoveryCodesLeft: count }: SecurityInput, texts: Texts): string {
  const { done } = texts.security;
  return news === 'recovery' ? done.recovery({ count }) : done[news];
}

function problemWords(problem: SecurityProblem, retryAfterSeconds: number | undefined, texts: Texts): string {
  switch (problem) {
    case 'wrongPassword':
    case 'tooManyAttempts':
      return ownPasswordProblemText(problem, retryAfterSeconds, texts);
    case 'wrongPasswordToLink':
      return ownPasswordProblemText('wrongPassword', undefined, texts);
    default:
      return texts.security.problems[problem];
  }
}

/** For people who sign in through a provider. */
export function securityAtProviderPage(
  {
    csrfToken,
    account,
    providers,
    news,
    problem,
    retryAfterSeconds,
    userCode,
  }: Pick<
    SecurityInput,
    keyof Pending | 'csrfToken' | 'account' | 'providers' | 'news' | 'problem' | 'retryAfterSeconds'
  >,
  texts: Texts,
): string {
  const t = texts.security;
  const form = { csrf_token: csrfToken, ...pendingFields({ userCode }) };
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.atProvider}</p>
    </div>
    !${news === 'linked' || news === 'unlinked' ? html`<p class="note done" role="status">${t.done[news]}</p>` : ''}
    !${problemNote(problem && problemWords(problem, retryAfterSeconds, texts))}
    !${onToCode({ userCode }, texts)}
    <div class="facts">!${linkedProvidersSection(providers, form, texts)}</div>
    <p><a href="${paths.sessions}">${texts.sessions.title}</a></p>`;
  const signedIn = { email: account.email, csrfToken };
  return layout(
    { title: t.title, failed: problem !== undefined, signedIn, pending: { userCode }, body },
    texts,
  );
}

/** The first factor takes the password too. */
function addPasskey(input: SecurityInput, form: HiddenFields, asksPassword: boolean, texts: Texts): string {
  const t = texts.security;
  if (input.creationOptions === null)
    return input.passkeys.length === 0 ? '' : html`<p class="quiet">${t.passkeyMost}</p>`;
  return passkeyForm(
    {
      action: paths.addPasskey,
      ceremony: 'create',
      options: input.creationOptions,
      hidden: form,
      label: t.passkeyAdd,
      fields:
        textField({
          name: 'name',
          label: t.passkeyName,
          value: input.passkeyName,
          type: 'text',
          autocomplete: 'off',
          hint: t.passkeyNameHint,
          maxLength: 60,
          optional: true,
        }) + (asksPassword ? ownPasswordField(input.problem === 'wrongPassword', texts) : ''),
    },
    texts,
  );
}

function onePasskey(passkey: ShownPasskey, form: HiddenFields, texts: Texts): string {
  const t = texts.security;
  const name = displaySafe(passkey.name) || t.unnamed;
  return html`<div class="tight">
    <h3><bdi>${name}</bdi></h3>
    !${factList([...use(passkey, texts), ...fact(t.kept, passkey.backedUp ? t.synced : t.single)])}
    !${removeForm(`passkey:${passkey.id}`, name, form, texts)}
  </div>`;
}

function use({ addedSecondsAgo, usedSecondsAgo }: ShownUse, texts: Texts): readonly Fact[] {
  const t = texts.security;
  return [
    ...fact(t.added, relativeTime(-addedSecondsAgo, texts.lang)),
    ...fact(t.used, usedSecondsAgo === null ? t.neverUsed : relativeTime(-usedSecondsAgo, texts.lang)),
  ];
}

function removeForm(factor: string, name: string, form: HiddenFields, texts: Texts): string {
  return html`<form method="post" action="${paths.removeFactor}">
    !${hiddenFields({ ...form, factor })}
    <button class="button outline">${texts.security.remove}<span class="hidden">: ${name}</span></button>
  </form>`;
}

function recovery({ recoveryCodesLeft: count }: SecurityInput, form: HiddenFields, texts: Texts): string {
  const t = texts.security;
  return html`<section>
    <h2>${t.recovery}</h2>
    <p class="quiet">${count === 0 ? t.recoveryNone : t.recoveryLeft({ count })}</p>
    <form method="post" action="${paths.recoveryCodes}">
      !${hiddenFields(form)}
      <button class="button outline">${t.recoveryMake}</button>
    </form>
    !${count === 0 ? '' : html`<p class="small quiet">${t.recoveryEnds}</p>`}
  </section>`;
}
