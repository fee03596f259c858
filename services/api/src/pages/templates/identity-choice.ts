import { html } from 'ghtml';
import { displaySafe } from './display-safe.ts';
import { attribute } from './fields.ts';
import { type ChosenTerms, option } from './terms.ts';
import type { Texts } from './texts/texts-for.ts';

/** One identity of the account, as far as a page shows it. */
export interface IdentityOption {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
}

/** What the form sends for an identity that is yet to be created. */
const newIdentity = 'new';

/**
 * Asks which identity the program uses: one of the account's, or a new one that the approval creates. Folded away where
 * the account has at most one, since most people want just that.
 */
export function identityChoice(
  identities: readonly IdentityOption[],
  canAdd: boolean,
  chosen: ChosenTerms,
  texts: Texts,
): string {
  if (identities.length < 2 && !canAdd) return '';
  const t = texts.confirm;
  const wanted = chosen.identity ?? '';
  const one = (value: string, title: string, detail: string) =>
    option({ name: 'identity_uuid', value, title, detail, checked: value === wanted });
  const [only] = identities;
  const fields = html`!${
    identities.length === 1 && only
      ? one('', displaySafe(only.name), only.email)
      : one('', t.anyIdentity, t.anyIdentityHint(identities.length))
  }!${identities.length > 1 ? identities.map(({ uuid, name, email }) => one(uuid, displaySafe(name), email)) : ''}!${
    canAdd ? one(newIdentity, t.newIdentity, t.newIdentityHint) : ''
  }`;
  const name = html`<div class="tight">
    <label for="identity_name">${t.newIdentityName}</label>
    <input
      id="identity_name"
      name="identity_name"
      type="text"
      maxlength="64"
      autocomplete="off"
      !${attribute('value', chosen.identityName)}
    />
  </div>`;
  const choice = html`<fieldset aria-describedby="identity-hint">
      <legend>${t.identityLegend}</legend>
      !${fields}
      <p id="identity-hint" class="small quiet">${t.identityHint}</p>
    </fieldset>
    !${canAdd ? name : ''}`;
  if (identities.length > 1) return choice;
  return html`<details !${wanted === newIdentity ? 'open' : ''}>
    <summary>${t.otherIdentity}</summary>
    <div class="stack">!${choice}</div>
  </details>`;
}
