import { html } from 'ghtml';
import type { Texts } from '../../pages/texts/texts-for.ts';

/**
 * Asks which of three numbers the program shows; empty if no number is needed. None is preselected but what the person picked before, and the browser requires
 * one: a person who sees no program cannot approve just by continuing.
 */
export function numberChoice(numbers: readonly string[], picked: string | undefined, texts: Texts): string {
  if (numbers.length === 0) return '';
  const t = texts.confirm;
  const options = numbers.map(
    (number) =>
      html`<label
        ><input
          type="radio"
          name="verification"
          value="${number}"
          required
          !${number === picked ? 'checked' : ''}
        /><span>${number}</span></label
      >`,
  );
  return html`<fieldset aria-describedby="number-hint">
    <legend>${t.numberLegend}</legend>
    <div class="numbers">!${options}</div>
    <p id="number-hint" class="small quiet">${t.numberHint}</p>
  </fieldset>`;
}
