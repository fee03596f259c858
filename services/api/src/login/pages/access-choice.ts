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
  /** The number that was picked. */
  readonly number?: string;
}

/** How long API keys live; null: no such limit. */
export interface KeyLifetimes {
  /** Where the human chooses nothing. */
  readonly apiKeyDefaultSeconds: number | null;
  readonly apiKeyMaxSeconds: number | null;
}

/** The human's options. */
export interface AccessOffer {
  /** The scope that the program requests: the human cannot give more. */
  readonly asked: KeyScope;
  readonly identities: readonly IdentityOption[];
  readonly canAddIdentity: boolean;
  readonly chosen: ChosenTerms;
  /** Whether less than everything is offered first: the first identity, for 30 days. */
  readonly narrow: boolean;
  /** The account, by its names for people. */
  readonly owner: string;
  /** A login that is unused for this number of days ends by itself; null: none does. */
  readonly unusedDays: number | null;
  /** The operator's lifetimes of API keys; null where the login gives none. */
  readonly keyLifetimes: KeyLifetimes | null;
}

/** The form's value for a new identity. */
const newIdentity = 'new';

/** The lifetimes on offer, in seconds; null: no expiry. */
const lifetimes = [null, 86_400, 2_592_000, 31_536_000] as const;

/** Above this number, each identity is offered alone but not also with the whole account, to keep the page small. */
const maxOfferedTwice = 20;

/** What is offered first where narrower terms are advised: the first identity, for 30 days. */
const narrowTtlSeconds = 2_592_000;

/**
 * Says in one sentence what an approval gives, and lets the human change it: collapsed, unless the human must choose. One list for
 * scope and identity together, so that no two choices contradict each other.
 */
export function accessChoice(offer: AccessOffer, texts: Texts): string {
  const { canAddIdentity, chosen, owner } = offer;
  const t = texts.confirm;
  const wanted = wantedAccess(offer);
  const missing = wanted === '';
  const open = missing || Boolean(chosen.identityName) || wanted.endsWith(`.${newIdentity}`);
  const given = termsInWords(wantedTerms(offer, wanted), offer, texts);
  return html`<details class="terms" !${open ? 'open' : ''}>
    <summary>
      <span>${t.gets}!${open ? '' : html`<span class="given">${texts.colon} ${given}</span>`}</span>
      <span class="change">${t.change}</span>
    </summary>
    <div class="stack">
      <p class="quiet">${t.ofAccount({ account: owner })}</p>
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

/** What a program gets. */
export interface GivenTerms {
  readonly scope: KeyScope;
  /** The name of the identity; empty for none. */
  readonly identityName: string;
  readonly ttlSeconds: number | null;
}

/** The terms in words: the whole account or an identity of it, and for how long. */
export function termsInWords(
  { scope, identityName, ttlSeconds }: GivenTerms,
  { owner, unusedDays, keyLifetimes }: Pick<AccessOffer, 'owner' | 'unusedDays' | 'keyLifetimes'>,
  texts: Texts,
): string {
  const t = texts.confirm;
  const name = displaySafe(identityName);
  const wholeOrAs = name === '' ? t.given({ account: owner }) : t.givenFirstAs({ account: owner, name });
  const what = scope === 'account' ? wholeOrAs : t.onlyIdentity({ name });
  const keys = keysEndSooner(ttlSeconds, keyLifetimes, texts);
  return `${what}, ${howLong(ttlSeconds, unusedDays, texts)}${keys === null ? '' : `, ${keys}`}`;
}

function howLong(ttlSeconds: number | null, unusedDays: number | null, texts: Texts): string {
  const t = texts.confirm;
  if (ttlSeconds === null) return unusedDays === null ? t.noEnd : t.noEndIfUsed({ days: unusedDays });
  return t.forTime({ time: timeInWords(ttlSeconds, texts) });
}

/** For how long the keys are good, where the operator ends them sooner than the login; null where not. */
function keysEndSooner(
  ttlSeconds: number | null,
  keyLifetimes: KeyLifetimes | null,
  texts: Texts,
): string | null {
  if (keyLifetimes === null) return null;
  const { apiKeyDefaultSeconds, apiKeyMaxSeconds } = keyLifetimes;
  const ends = [ttlSeconds ?? apiKeyDefaultSeconds, apiKeyMaxSeconds].filter((end) => end !== null);
  const keySeconds = Math.min(...ends);
  if (keySeconds >= (ttlSeconds ?? Number.POSITIVE_INFINITY)) return null;
  return texts.confirm.keysForTime({ time: timeInWords(keySeconds, texts) });
}

function timeInWords(totalSeconds: number, texts: Texts): string {
  const [unit, seconds] = units.find(([, size]) => totalSeconds % size === 0) ?? ['minute', 60];
  return new Intl.NumberFormat(texts.lang, { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.max(1, Math.round(totalSeconds / seconds)),
  );
}

const units = [
  ['year', 31_536_000],
  ['day', 86_400],
  ['hour', 3600],
] as const;

function wantedTerms(offer: AccessOffer, wanted: string): GivenTerms {
  const [scope, uuid = ''] = wanted.split('.');
  return {
    scope: scope === 'account' ? scope : 'identity',
    identityName: offer.identities.find((identity) => identity.uuid === uuid)?.name ?? '',
    ttlSeconds: wantedLifetime(offer),
  };
}

/** The lifetime that is selected first. */
function wantedLifetime({ chosen, narrow }: AccessOffer): number | null {
  return chosen.ttlSeconds === undefined ? (narrow ? narrowTtlSeconds : null) : chosen.ttlSeconds;
}

/** The initial selection, never more than the human chose before; empty if the human must choose. */
function wantedAccess(offer: AccessOffer): string {
  const { asked, identities, canAddIdentity, chosen, narrow } = offer;
  const [first] = identities;
  const isNarrowed = narrow && chosen.scope === undefined && first !== undefined;
  const scope = asked === 'identity' || isNarrowed ? 'identity' : (chosen.scope ?? 'account');
  const alone = isNarrowed || identities.length === 1 ? first?.uuid : '';
  const identity = chosen.identity || (scope === 'identity' ? alone : '');
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

/** Shown only with the choice of a new identity; a name that was typed stays in view, so that it can be cleared. */
function newIdentityName({ identityName }: ChosenTerms, texts: Texts): string {
  return html`<div class="${identityName ? 'tight' : 'tight new-name'}">
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

function lifetimeOptions(offer: AccessOffer, texts: Texts): string {
  const { unusedDays, keyLifetimes } = offer;
  const ttlSeconds = wantedLifetime(offer);
  const t = texts.confirm;
  const names = [unusedDays === null ? t.endless : t.endlessIfUsed({ days: unusedDays }), ...t.lifetimes];
  return lifetimes
    .map((seconds, index) => {
      const name = [names[index], keysEndSooner(seconds, keyLifetimes, texts)].filter(Boolean).join(', ');
      return html`<option value="${seconds ?? ''}" !${seconds === ttlSeconds ? 'selected' : ''}>
        ${name}
      </option>`;
    })
    .join('');
}
