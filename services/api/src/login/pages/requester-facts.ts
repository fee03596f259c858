import { html } from 'ghtml';
import { displayLimits, displaySafe } from '../../pages/display-safe.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** The program: its own claims (name, user agent), the operator's registration, and the address and time that we saw. */
export interface Requester {
  readonly name?: string | undefined;
  /** The operator's name for the `client_id` that it sent. */
  readonly registeredName?: string | undefined;
  /** The service that its tokens will be for, as the operator registered it; empty for our own API. */
  readonly service?: string | undefined;
  /** What it asks for beyond a login, in its own words. */
  readonly scope?: string | undefined;
  readonly address: string;
  readonly userAgent?: string | undefined;
  readonly requestedSecondsAgo: number;
  readonly sameNetworkAsYou: boolean;
}

/** Shows what we saw apart from what the program claims, so that people do not trust its claims. */
export function requesterFacts(client: Requester, texts: Texts): string {
  const t = texts.confirm;
  const name = displaySafe(client.name ?? '', displayLimits.name);
  const userAgent = displaySafe(client.userAgent ?? '', displayLimits.userAgent);
  const registeredName = displaySafe(client.registeredName ?? '', displayLimits.name);
  const scope = displaySafe(client.scope ?? '', displayLimits.userAgent);
  const service = displaySafe(client.service ?? '', displayLimits.userAgent);
  const seen =
    (registeredName ? fact(t.registeredAs, registeredName) : '') +
    (service ? fact(t.forService, service) : '') +
    (scope ? fact(t.asksFor, scope) : '') +
    fact(t.address, client.address) +
    fact(t.asked, relativeTime(-client.requestedSecondsAgo, texts.lang));
  const said = (name ? fact(t.name, name) : '') + (userAgent ? fact(t.software, userAgent) : '');
  return html`<div class="facts">
    <section>
      <h2>${t.weSaw}</h2>
      <dl>!${seen}</dl>
      !${networkNote(client, texts)}
    </section>
    <section>
      <h2>${t.itSays} <span class="tag">${t.unverified}</span></h2>
      !${said ? html`<dl>!${said}</dl>` : html`<p class="quiet">${t.saysNothing}</p>`}
    </section>
  </div>`;
}

function fact(label: string, value: string): string {
  return html`<dt>${label}</dt>
    <dd><bdi>${value}</bdi></dd>`;
}

function networkNote(client: Requester, texts: Texts): string {
  return client.sameNetworkAsYou
    ? html`<p class="quiet">${texts.confirm.sameNetwork}</p>`
    : html`<p class="note">${texts.confirm.otherNetwork}</p>`;
}
