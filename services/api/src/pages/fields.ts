import { html } from 'ghtml';
import { problemId } from './problem-note.ts';
import { showPasswordElement } from './show-password-script.ts';

/** What is hidden in a form, by name. */
export type HiddenFields = Readonly<Record<string, string | undefined>>;

/** Hidden inputs for the given values, without inputs for absent ones. */
export function hiddenFields(values: HiddenFields): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
    .join('');
}

/** One labelled input. `wrong` connects it to the page's problem, so that a screen reader reads the reason. */
export interface TextField {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'email' | 'password';
  readonly autocomplete: string;
  readonly value?: string | undefined;
  readonly hint?: string | undefined;
  readonly minLength?: number;
  /** For a password: the words of the button that shows and hides what is typed. */
  readonly reveal?: { readonly show: string; readonly hide: string };
  readonly optional?: boolean;
  readonly maxLength?: number;
  readonly focus?: boolean;
  readonly wrong?: boolean;
}

/** A label, its input and a hint under it; required unless `optional`. A password is never filled in. */
export function textField(field: TextField): string {
  const hintId = `${field.name}-hint`;
  const describedBy = [field.wrong ? problemId : '', field.hint ? hintId : ''].filter(Boolean).join(' ');
  const value = field.type === 'password' ? undefined : field.value;
  return html`<div class="tight">
    <label for="${field.name}">${field.label}</label>
    <input
      id="${field.name}"
      name="${field.name}"
      type="${field.type}"
      autocomplete="${field.autocomplete}"
      !${attribute('value', value)}
      !${attribute('minlength', field.minLength?.toString())}
      !${attribute('maxlength', field.maxLength?.toString())}
      !${attribute('data-show', field.reveal?.show)}
      !${attribute('data-hide', field.reveal?.hide)}
      !${attribute('aria-describedby', describedBy)}
      !${field.type === 'text' ? '' : 'autocapitalize="none" spellcheck="false"'}
      !${field.optional ? '' : 'required'}
      !${field.wrong ? 'aria-invalid="true"' : ''}
      !${field.focus ? 'autofocus' : ''}
    />!${field.reveal ? showPasswordElement : ''}
    !${field.hint ? html`<p id="${hintId}" class="small quiet">${field.hint}</p>` : ''}
  </div>`;
}

/** `name="value"` with the value escaped, or nothing when there is no value. */
export function attribute(name: string, value: string | undefined): string {
  return value ? html`${name}="!${html`${value}`}"` : '';
}
