import { html } from 'ghtml';
import { displayLimits, displaySafe } from '../../pages/display-safe.ts';
import { clockTime } from '../../pages/local-time.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { type Fact, fact, factList } from '../../pages/facts.ts';

/** The program: its own claims (name, `client_id`, user agent), and what we saw of it. */
export interface Requester {
  /** Its own name, or the operator's for the `client_id` that it sent: anybody can send that. */
  readonly name?: string | undefined;
  /** How long ago this account approved a program that has the key which this one proved; absent where none does. */
  readonly keyKnownSecondsAgo?: number | undefined;
  /** The service that its tokens will be for, as the operator registered it; empty for our own API. */
  readonly service?: string | undefined;
  /** What it asks for beyond a login: the operator's description of each scope, or the scope itself. */
  readonly scopes?: readonly string[] | undefined;
  readonly address: string;
  /** ISO 3166 code of the address's country; empty if unknown. */
  readonly country?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly requestedSecondsAgo: number;
  /** When its code stops being good. */
  readonly goodUntilMs: number;
  readonly sameNetworkAsYou: boolean;
}

const text = (value: string | undefined, limit: number = displayLimits.userAgent) =>
  displaySafe(value ?? '', limit);

/** Shows what we saw apart from what the program claims, so that people do not trust its claims. */
export function requesterFacts(client: Requester, texts: Texts): string {
  const t = texts.confirm;
  const said = [
    ...fact(t.name, text(client.name, displayLimits.name)),
    ...fact(t.software, text(client.userAgent)),
    ...fact(t.asksFor, ...(client.scopes ?? []).map((scope) => text(scope))),
  ];
  const seen = [
    ...fact(t.forService, text(client.service)),
    ...fact(t.address, client.address),
    ...fact(t.country, countryName(client.country, texts.lang)),
    ...fact(t.asked, relativeTime(-client.requestedSecondsAgo, texts.lang)),
    goodUntil(client.goodUntilMs, texts),
  ];
  const known = client.keyKnownSecondsAgo;
  return html`<div class="facts">
    <section>
      <h2>${t.itSays} !${known === undefined ? html`<span class="tag">${t.unverified}</span>` : ''}</h2>
      !${said.length > 0 ? factList(said) : html`<p class="quiet">${t.saysNothing}</p>`}
      !${known === undefined ? '' : knownKey(known, texts)}
    </section>
    <section>
      <h2>${t.weSaw}</h2>
      !${factList(seen)} !${client.sameNetworkAsYou ? html`<p class="quiet">${t.sameNetwork}</p>` : ''}
    </section>
  </div>`;
}

function knownKey(secondsAgo: number, texts: Texts): string {
  const t = texts.confirm;
  return html`<p class="quiet">
    <span class="tag good">${t.verified}</span> ${t.sameKey({ when: relativeTime(-secondsAgo, texts.lang) })}
  </p>`;
}

function goodUntil(atMs: number, texts: Texts): Fact {
  return { label: texts.confirm.goodUntil, values: [clockTime(atMs, texts.lang)] };
}

/** The country's name in the page's language; its code where the language has none. */
function countryName(code: string | undefined, lang: string): string {
  return code ? (new Intl.DisplayNames(lang, { type: 'region' }).of(code) ?? code) : '';
}
