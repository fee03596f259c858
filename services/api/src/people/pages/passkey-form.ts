import { html } from 'ghtml';
import { type HiddenFields, hiddenFields } from '../../pages/fields.ts';
import { passkeyElement } from '../../pages/passkey-script.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** What a browser is asked for, and where its answer goes. */
export interface PasskeyForm {
  readonly action: string;
  readonly ceremony: 'create' | 'get';
  /** As `PublicKeyCredential` parses them. */
  readonly options: object;
  readonly hidden: HiddenFields;
  readonly label: string;
  /** HTML of further fields. */
  readonly fields?: string;
  readonly buttonClass?: string;
}

/** The form of a passkey: hidden until its script runs in a browser that has passkeys; until then the page says what it takes. */
export function passkeyForm(form: PasskeyForm, texts: Texts): string {
  const t = texts.passkey;
  return html`<div class="tight">
    <p class="small quiet">${t.unsupported}</p>
    <form
      hidden
      method="post"
      action="${form.action}"
      data-ceremony="${form.ceremony}"
      data-options="${JSON.stringify(form.options)}"
      data-failed="${t.failed}"
      data-known="${t.known}"
    >
      <div class="stack">
        !${hiddenFields({ ...form.hidden, answer: '' })} !${form.fields ?? ''}
        <p role="alert"></p>
        <button class="button ${form.buttonClass ?? ''}">${form.label}</button>
      </div>
    </form>
    !${passkeyElement}
  </div>`;
}
