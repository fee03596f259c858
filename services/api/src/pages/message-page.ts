import { html } from 'ghtml';
import { hiddenFields } from './fields.ts';
import { layout } from './layout.ts';
import { paths, withPending } from './paths.ts';
import { relativeTime } from './relative-time.ts';
import type { SentAgain } from './sent-again.ts';
import type { Texts } from './texts/texts-for.ts';

/** Why a message is shown instead of another page. */
export type MessageKind =
  | 'notFound'
  | 'forbidden'
  | 'noCookie'
  | 'badRequest'
  | 'tooMany'
  | 'unavailable'
  | 'internal'
  | 'crossSite';

/** The message, and the request's id in the log. */
export interface MessageInput {
  readonly status: number;
  readonly requestId: string;
  readonly kind: MessageKind;
  readonly retryAfterSeconds?: number | undefined;
  /** The code that the request was about, which the way on keeps. */
  readonly userCode?: string | undefined;
  /** The form that was not served: the way on sends it again as it was. */
  readonly sentAgain?: SentAgain | undefined;
}

/** Says what went wrong, when to try again, and the reference to tell support. */
export function messagePage(
  { status, requestId, kind, retryAfterSeconds, userCode, sentAgain }: MessageInput,
  texts: Texts,
): string {
  const t = texts.message;
  const { title, text } = t[kind];
  const retry =
    retryAfterSeconds === undefined
      ? ''
      : html`<p>${t.tryAgain({ when: relativeTime(retryAfterSeconds, texts.lang) })}</p>`;
  const wayOn = html`<p>
    <a class="button" href="${withPending(paths.device, { userCode })}"
      >${userCode ? t.again : texts.toDevice}</a
    >
  </p>`;
  const body = html`<div class="tight">
      <h1>${title}</h1>
      <p>${text}</p>
      !${retry}
    </div>
    !${sentAgain ? againForm(sentAgain, t.again) : wayOn}
    <p class="small quiet">${t.status} ${status} · ${t.reference} <span class="mono">${requestId}</span></p>`;
  return layout({ title, pending: { userCode }, body }, texts);
}

function againForm({ action, fields }: SentAgain, label: string): string {
  return html`<form method="post" action="${action}">
    !${hiddenFields(fields)}
    <button class="button">${label}</button>
  </form>`;
}
