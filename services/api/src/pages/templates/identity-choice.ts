import { html } from 'ghtml';
import { displaySafe } from './display-safe.ts';
import type { Texts } from './texts/texts-for.ts';

/** One identity of the account, as far as a page shows it. */
export interface IdentityOption {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
}

/**
 * Asks which identity the program starts with; an account with at most one has nothing to choose. The hint says
 * that this is no limit, since every approved program gets a key to the whole account.
 */
export function identityChoice(identities: readonly IdentityOption[], texts: Texts): string {
  if (identities.length < 2) return '';
  const t = texts.confirm;
  const options = identities.map(({ uuid, name, email }) => option(uuid, displaySafe(name), email, false));
  return html`<fieldset aria-describedby="identity-hint">
    <legend>${t.identityLegend}</legend>
    !${option('', t.anyIdentity, t.anyIdentityHint(identities.length), true)}!${options}
    <p id="identity-hint" class="small quiet">${t.identityHint}</p>
  </fieldset>`;
}

function option(value: string, title: string, detail: string, checked: boolean): string {
  return html`<label class="option">
    <input type="radio" name="identity_uuid" value="${value}" !${checked ? 'checked' : ''} />
    <span><bdi>${title}</bdi><br /><bdi class="small quiet">${detail}</bdi></span>
  </label>`;
}
