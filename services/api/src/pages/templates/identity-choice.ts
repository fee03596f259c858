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

/** Choices that are shown as buttons; more of them make a list. */
const mostButtons = 8;

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
  const [only] = identities;
  const offered: readonly IdentityOption[] = [
    identities.length === 1 && only
      ? { ...only, uuid: '' }
      : { uuid: '', name: t.anyIdentity, email: t.anyIdentityHint(identities.length) },
    ...(identities.length > 1 ? identities : []),
    ...(canAdd ? [{ uuid: newIdentity, name: t.newIdentity, email: t.newIdentityHint }] : []),
  ];
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
  const choice = html`!${offered.length > mostButtons ? list(offered, wanted, texts) : buttons(offered, wanted, texts)}
  !${canAdd ? name : ''}`;
  if (identities.length > 1) return choice;
  return html`<details !${wanted === newIdentity ? 'open' : ''}>
    <summary>${t.otherIdentity}</summary>
    <div class="stack">!${choice}</div>
  </details>`;
}

function buttons(offered: readonly IdentityOption[], wanted: string, texts: Texts): string {
  const options = offered.map(({ uuid, name, email }) =>
    option({
      name: 'identity_uuid',
      value: uuid,
      title: displaySafe(name),
      detail: email,
      checked: uuid === wanted,
    }),
  );
  return html`<fieldset aria-describedby="identity-hint">
    <legend>${texts.confirm.identityLegend}</legend>
    !${options} !${hint(texts)}
  </fieldset>`;
}

/** By name alone, which tells an account's identities apart: a hundred of them still make a small page. */
function list(offered: readonly IdentityOption[], wanted: string, texts: Texts): string {
  const options = offered.map(
    ({ uuid, name }) =>
      html`<option value="${uuid}" !${uuid === wanted ? 'selected' : ''}>${displaySafe(name)}</option>`,
  );
  return html`<div class="tight">
    <label for="identity_uuid">${texts.confirm.identityLegend}</label>
    <select id="identity_uuid" name="identity_uuid" aria-describedby="identity-hint">
      !${options}
    </select>
    !${hint(texts)}
  </div>`;
}

function hint(texts: Texts): string {
  return html`<p id="identity-hint" class="small quiet">${texts.confirm.identityHint}</p>`;
}
