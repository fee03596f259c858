import { html } from 'ghtml';
import type { Texts } from '../../pages/texts/texts-for.ts';

/**
 * Asks which of three numbers the program shows; nothing where none is needed. None is chosen beforehand, and the browser
 * does not let the form go without one: whoever sees no program cannot approve by pressing on.
 */
export function numberChoice(numbers: readonly string[], texts: Texts): string {
  if (numbers.length === 0) return '';
  const t = texts.confirm;
  const options = numbers.map(
    (number) =>
      html`<label
        ><input type="radio" name="verification" value="${number}" required /><span>${number}</span></label
      >`,
  );
  return html`<fieldset aria-describedby="number-hint">
    <legend>${t.numberLegend}</legend>
    <div class="numbers">!${options}</div>
    <p id="number-hint" class="small quiet">${t.numberHint}</p>
  </fieldset>`;
}
