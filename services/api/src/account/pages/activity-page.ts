import { html } from 'ghtml';
import { displayLimits, displaySafe } from '../../pages/display-safe.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** The events that people are shown. */
export type ShownEventName = keyof Texts['activity']['events'];

/** One thing that happened in the account. */
export interface ShownEvent {
  readonly event: ShownEventName;
  readonly secondsAgo: number;
  readonly address?: string | undefined;
  /** Of a failed sign-in: the password was right and the second factor was not; or it was somebody who is signed in. */
  readonly failure?: 'passwordKnown' | 'wrongOwnPassword' | undefined;
  /** By which second factor, or which was set up or removed. */
  readonly factor?: keyof Texts['activity']['factors'] | undefined;
  /** What the program called itself. */
  readonly about?: string | undefined;
  /** An operator did it. */
  readonly byOperator: boolean;
}

/** A part of the account's last 30 days. */
export interface ActivityInput {
  readonly csrfToken: string;
  readonly account: { readonly email: string };
  readonly events: readonly ShownEvent[];
  /** The position at which the next page, of older events, begins; null at the end. */
  readonly next: string | null;
}

/** Lists what happened in the account, the newest first. */
export function activityPage({ csrfToken, account, events, next }: ActivityInput, texts: Texts): string {
  const t = texts.activity;
  const list =
    events.length === 0
      ? ''
      : html`<ul class="events">
          !${events.map((event) => entry(event, texts))}
        </ul>`;
  // Where there is more to look through, something may have happened.
  const none = events.length === 0 && next === null ? html`<p>${t.none}</p>` : '';
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${list} !${none}
    !${next === null ? '' : html`<p><a href="${`${paths.activity}?before=${next}`}">${t.older}</a></p>`}
    <p><a href="${paths.programs}">${texts.programs.title}</a></p>
    <p><a href="${paths.sessions}">${texts.sessions.title}</a></p>`;
  return layout({ title: t.title, signedIn: { email: account.email, csrfToken }, body }, texts);
}

function entry(shown: ShownEvent, texts: Texts): string {
  const { event, failure, factor, secondsAgo, address, about, byOperator } = shown;
  const t = texts.activity;
  const what = failure === undefined ? t.events[event] : t[failure];
  const isAboutFactor = event === 'factor_added' || event === 'factor_replaced' || event === 'factor_removed';
  const name = isAboutFactor ? factorName(factor, texts) : displaySafe(about ?? '', displayLimits.name);
  const where = byOperator ? t.byOperator : address ? t.from({ address: displaySafe(address) }) : '';
  const how = factor === undefined || isAboutFactor ? '' : t.factors[factor];
  const details = [relativeTime(-secondsAgo, texts.lang), how, where].filter((text) => text !== '');
  return html`<li>
    <p><strong>${what}</strong>!${name === '' ? '' : html`${texts.colon} <bdi>${name}</bdi>`}</p>
    <p class="small quiet">${details.join(', ')}</p>
  </li>`;
}

function factorName(factor: ShownEvent['factor'], { security }: Texts): string {
  return factor === 'passkey' ? security.unnamed : factor === 'totp' ? security.app : '';
}
