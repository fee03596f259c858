import { html } from 'ghtml';
import { displaySafe } from '../../pages/display-safe.ts';
import { type HiddenFields, hiddenFields } from '../../pages/fields.ts';
import { paths } from '../../pages/paths.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import type { ProviderChoice } from '../provider-sign-in.ts';
import { ownPasswordField } from './own-password-field.ts';
import { providerMark } from './provider-mark.ts';

/** One provider through which the person signs in. */
export interface ShownLink {
  readonly id: string;
  readonly label: string;
  readonly email: string;
  readonly linkedSecondsAgo: number;
}

/** The providers of a person, and those that they can link; none of either where this service has no providers. */
export interface ShownProviders {
  readonly links: readonly ShownLink[];
  readonly offered: readonly ProviderChoice[];
  /** Whether the address of the account is proven: only then is one linked. */
  readonly mayLink: boolean;
  /** Whether linking takes the password. */
  readonly asksPassword: boolean;
}

/** Lists the providers through which a person signs in; each can be unlinked, and others linked. `hidden` is in each of the forms. */
export function linkedProvidersSection(
  {
    links,
    offered,
    mayLink,
    asksPassword,
    problem,
  }: ShownProviders & { readonly problem?: string | undefined },
  hidden: HiddenFields,
  texts: Texts,
): string {
  const t = texts.security.providers;
  if (links.length === 0 && offered.length === 0) return '';
  const buttons = offered.map(
    (provider) =>
      html`<button class="button outline" name="provider" value="${provider.id}">
        !${providerMark(provider)}${t.linkTo({ provider: provider.label })}
      </button>`,
  );
  // Not the name of the field that a first passkey has, on the same page.
  const password = asksPassword ? ownPasswordField(problem === 'wrongPasswordToLink', texts, 'password') : '';
  const form = html`<form class="stack" method="post" action="${paths.linkProvider}">
    !${hiddenFields(hidden)} !${password} !${buttons}
  </form>`;
  return html`<section>
    <h2>${t.title}</h2>
    <p class="quiet">${t.lead}</p>
    !${links.map((link) => oneLink(link, hidden, texts))}
    !${offered.length === 0 ? '' : mayLink ? form : html`<p class="quiet">${t.confirmFirst}</p>`}
  </section>`;
}

function oneLink(link: ShownLink, hidden: HiddenFields, texts: Texts): string {
  const t = texts.security.providers;
  const address = html`<div>
    <dt>${t.address}</dt>
    <dd><bdi>${displaySafe(link.email)}</bdi></dd>
  </div>`;
  return html`<div class="tight">
    <h3><bdi>${link.label}</bdi></h3>
    <dl>
      !${link.email === '' ? '' : address}
      <div>
        <dt>${t.linked}</dt>
        <dd>${relativeTime(-link.linkedSecondsAgo, texts.lang)}</dd>
      </div>
    </dl>
    <form method="post" action="${paths.unlinkProvider}">
      !${hiddenFields({ ...hidden, link: link.id })}
      <button class="button outline">${t.unlink}<span class="hidden">: ${link.label}</span></button>
    </form>
  </div>`;
}
