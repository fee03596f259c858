import { html } from 'ghtml';
import type { Texts } from './texts/texts-for.ts';

/** How much of the account a program gets. */
export type KeyScope = 'account' | 'identity';

/** What a human has chosen so far; what is absent is as it was offered. */
export interface ChosenTerms {
  readonly scope?: KeyScope;
  readonly ttlSeconds?: number | null;
  readonly identity?: string;
  readonly identityName?: string;
}

/** The lifetimes on offer, in seconds; null: no expiry. */
const lifetimes = [null, 86_400, 2_592_000, 31_536_000] as const;

/**
 * Says what an approval gives, and lets the human give less: which part of the account, and for how long.
 *
 * @param sentence HTML: who the program will act as
 * @param asked what the program asks for: nobody can give it more
 */
export function keyTerms(sentence: string, asked: KeyScope, chosen: ChosenTerms, texts: Texts): string {
  const t = texts.confirm;
  const wanted = chosen.ttlSeconds ?? null;
  const given = asked === 'identity' ? asked : (chosen.scope ?? 'account');
  const offered: readonly KeyScope[] = asked === 'identity' ? [asked] : ['account', 'identity'];
  const scopes = offered.map((scope) =>
    option({
      name: 'key_scope',
      value: scope,
      title: t.scopes[scope],
      detail: t.scopeHints[scope],
      checked: scope === given,
    }),
  );
  const times = lifetimes.map(
    (seconds, index) =>
      html`<option value="${seconds ?? ''}" !${seconds === wanted ? 'selected' : ''}>
        ${t.lifetimes[index] ?? ''}
      </option>`,
  );
  return html`<fieldset>
      <legend class="sentence">!${sentence}</legend>
      !${scopes}
    </fieldset>
    <div class="tight">
      <label for="key_ttl">${t.lifetime}</label>
      <select id="key_ttl" name="key_ttl">
        !${times}
      </select>
    </div>`;
}

/** One radio button with a title and a line under it. */
export interface Option {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  readonly detail: string;
  readonly checked: boolean;
}

/** A choice that is as large as a finger. */
export function option({ name, value, title, detail, checked }: Option): string {
  return html`<label class="option">
    <input type="radio" name="${name}" value="${value}" !${checked ? 'checked' : ''} />
    <span><bdi>${title}</bdi><br /><bdi class="small quiet">${detail}</bdi></span>
  </label>`;
}
