import { html } from 'ghtml';
import { displaySafe } from '../../pages/display-safe.ts';
import { attribute } from '../../pages/fields.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** The scope that a program gets. */
export type KeyScope = 'account' | 'identity';

/** One identity of the account, as a page shows it. */
export interface IdentityOption {
  readonly uuid: string;
  readonly name: string;
}

/** The human's choices so far; absent ones keep the offered default. */
export interface ChosenTerms {
  readonly scope?: KeyScope;
  readonly ttlSeconds?: number | null;
  readonly identity?: string;
  readonly identityName?: string;
}

/** The human's options. */
export interface AccessOffer {
  /** The scope that the program requests: the human cannot give more. */
  readonly asked: KeyScope;
  readonly identities: readonly IdentityOption[];
  readonly canAddIdentity: boolean;
  readonly chosen: ChosenTerms;
  /** After so many days without use a login ends by itself; null: never. */
  readonly unusedDays: number | null;
}

/** The form's value for a new identity. */
const newIdentity = 'new';

/** The lifetimes on offer, in seconds; null: no expiry. */
const lifetimes = [null, 86_400, 2_592_000, 31_536_000] as const;

/** With more identities, each is offered alone but not also beside the account, to keep the page small. */
const maxOfferedTwice = 20;

/**
 * Says what an approval gives, and lets the human give less: collapsed, unless the human must choose or has chosen. One list for
 * scope and identity together, so that no two choices contradict each other.
 */
export function accessChoice(offer: AccessOffer, texts: Texts): string {
  const { canAddIdentity, chosen, unusedDays } = offer;
  const t = texts.confirm;
  const only = lonelyIdentity(offer);
  const wanted = wantedAccess(offer);
  const missing = wanted === '';
  const open =
    missing ||
    Object.values(chosen).some((choice) => choice !== '' && choice !== null && choice !== 'account');
  const given = only ? t.onlyIdentity({ name: displaySafe(only.name) }) : t.given;
  return html`<details class="terms" !${open ? 'open' : ''}>
    <summary>
      <span
        >${t.gets}!${open ? '' : html`<span class="given">: ${given}, ${unusedDays === null ? t.noEnd : t.noEndIfUsed({ days: unusedDays })}</span>`}</span
      >
      <span class="change">${t.change}</span>
    </summary>
    <div class="stack">
      <div class="tight">
        <label for="access">${t.access}</label>
        <select id="access" name="access" required>
          !${missing ? html`<option value="" selected>${t.pleaseChoose}</option>` : ''}
          !${accessOptions(offer, wanted, texts)}
        </select>
      </div>
      !${canAddIdentity ? newIdentityName(chosen, texts) : ''}
      <div class="tight">
        <label for="key_ttl">${t.lifetime}</label>
        <select id="key_ttl" name="key_ttl">
          !${lifetimeOptions(offer, texts)}
        </select>
      </div>
    </div>
  </details>`;
}

/** The only identity, for a program that requests one. */
function lonelyIdentity({ asked, identities }: AccessOffer): IdentityOption | undefined {
  return asked === 'identity' && identities.length === 1 ? identities[0] : undefined;
}

/** The initial selection, never more than the human chose before; empty if the human must choose. */
function wantedAccess(offer: AccessOffer): string {
  const { asked, identities, canAddIdentity, chosen } = offer;
  const scope = asked === 'identity' ? asked : (chosen.scope ?? 'account');
  const identity =
    chosen.identity || (scope === 'identity' && identities.length === 1 ? identities[0]?.uuid : '');
  if (!identity) return scope === 'account' ? scope : '';
  const offered =
    identity === newIdentity ? canAddIdentity : identities.some(({ uuid }) => uuid === identity);
  return offered ? `${scope}.${identity}` : '';
}

function accessOptions(offer: AccessOffer, wanted: string, texts: Texts): string {
  const { asked, identities, canAddIdentity } = offer;
  const t = texts.confirm;
  const added = canAddIdentity ? [{ uuid: newIdentity, name: t.newIdentity }] : [];
  const option = (value: string, text: string) =>
    html`<option value="${value}" !${value === wanted ? 'selected' : ''}>${displaySafe(text)}</option>`;
  const group = (label: string, scope: KeyScope, members: readonly IdentityOption[]) =>
    members.length === 0
      ? ''
      : html`<optgroup label="${label}">
          !${members.map(({ uuid, name }) => option(`${scope}.${uuid}`, name))}
        </optgroup>`;
  const alone = group(t.identityAlone, 'identity', [...identities, ...added]);
  if (asked === 'identity') return alone;
  const severalOnce = identities.length > 1 && identities.length <= maxOfferedTwice ? identities : [];
  return (
    option(
      'account',
      identities.length > 1 ? t.anyIdentity({ identities: identities.length }) : t.wholeAccount,
    ) +
    alone +
    group(t.accountWith, 'account', [...severalOnce, ...added])
  );
}

function newIdentityName({ identityName }: ChosenTerms, texts: Texts): string {
  return html`<div class="tight">
    <label for="identity_name">${texts.confirm.newIdentityName}</label>
    <input
      id="identity_name"
      name="identity_name"
      type="text"
      maxlength="64"
      autocomplete="off"
      !${attribute('value', identityName)}
    />
  </div>`;
}

function lifetimeOptions({ chosen, unusedDays }: AccessOffer, texts: Texts): string {
  const { ttlSeconds = null } = chosen;
  const t = texts.confirm;
  const names = [unusedDays === null ? t.endless : t.endlessIfUsed({ days: unusedDays }), ...t.lifetimes];
  return lifetimes
    .map(
      (seconds, index) =>
        html`<option value="${seconds ?? ''}" !${seconds === ttlSeconds ? 'selected' : ''}>
          ${names[index] ?? ''}
        </option>`,
    )
    .join('');
}
