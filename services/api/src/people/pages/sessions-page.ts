import { html } from 'ghtml';
import { browserName } from './browser-name.ts';
import { displaySafe } from '../../pages/display-safe.ts';
import { fact, factList, monoFact } from '../../pages/facts.ts';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { passwordHint } from './password-page.ts';
import { paths } from '../../pages/paths.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import { unverifiedNote } from './verify-page.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** One browser that is signed in. */
export interface ShownSession {
  readonly id: string;
  readonly address: string;
  readonly userAgent: string;
  readonly startedSecondsAgo: number;
  readonly current: boolean;
}

/** The person whose sessions they are. */
export interface SessionsInput {
  readonly csrfToken: string;
  readonly account: { readonly email: string };
  readonly sessions: readonly ShownSession[];
  /** False for people who sign in through a provider. */
  readonly hasPassword: boolean;
  /** Set where the address is not proven and a link can be sent; `sent` when it just was. */
  readonly unverified?: 'unsent' | 'sent' | undefined;
  /** Show that the password was just changed, or a link sent to a new address. */
  readonly passwordChanged?: boolean;
  readonly addressWanted?: boolean;
}

/** Lists the person's sessions: since when, from which address, with which browser. Each can be ended, or all others at once. */
export function sessionsPage(input: SessionsInput, texts: Texts): string {
  const { csrfToken, account, sessions, hasPassword, unverified, passwordChanged, addressWanted } = input;
  const t = texts.sessions;
  const endOthers = html`<form method="post" action="${paths.endOtherSessions}">
    !${hiddenFields({ csrf_token: csrfToken })}
    <button class="button danger">${t.endOthers}</button>
  </form>`;
  const here = sessions.filter(({ current }) => current);
  const elsewhere = sessions.filter(({ current }) => !current);
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${passwordChanged ? html`<p class="note done" role="status">${texts.passwordChange.changed}</p>` : ''}
    !${addressWanted ? html`<p class="note done" role="status">${texts.address.sent}</p>` : ''}
    !${unverified ? unverifiedNote(csrfToken, unverified === 'sent', texts) : ''}
    <div class="facts">!${here.map((session) => entry(session, csrfToken, texts))}</div>
    !${
      elsewhere.length === 0
        ? ''
        : html`<h2>${t.elsewhere}</h2>
            <div class="facts">!${elsewhere.map((session) => entry(session, csrfToken, texts))}</div>
            !${endOthers}`
    }
    <p>!${passwordHint(hasPassword, texts)}</p>
    <p><a href="${paths.security}">${texts.security.title}</a></p>
    !${hasPassword ? html`<p><a href="${paths.address}">${texts.address.title}</a></p>` : ''}
    <p><a href="${paths.activity}">${texts.activity.title}</a></p>
    <p><a href="${paths.deleteAccount}">${texts.deletion.title}</a></p>
    <p><a href="${paths.device}">${texts.toDevice}</a></p>`;
  return layout({ title: t.title, signedIn: { email: account.email, csrfToken }, body }, texts);
}

function entry(session: ShownSession, csrfToken: string, texts: Texts): string {
  const t = texts.sessions;
  const browser = browserName(session.userAgent) ?? t.unknownBrowser;
  const facts = [
    ...fact(t.started, relativeTime(-session.startedSecondsAgo, texts.lang)),
    ...monoFact(t.address, displaySafe(session.address)),
  ];
  return html`<section>
    <h2><bdi>${browser}</bdi> !${session.current ? html`<span class="tag">${t.current}</span>` : ''}</h2>
    !${factList(facts)}
    <form method="post" action="${paths.endSession}">
      !${hiddenFields({ csrf_token: csrfToken, session: session.id })}
      <button class="button outline">${t.end}<span class="hidden">: ${browser}</span></button>
    </form>
  </section>`;
}
