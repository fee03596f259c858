import { html } from 'ghtml';
import type { Texts } from '../../pages/texts/texts-for.ts';
import type { ProgramsChoice } from '../programs-choice.ts';

/** Asks whether the programs and keys of the account go on or end. */
export function programsField(chosen: ProgramsChoice, hint: string, texts: Texts): string {
  const { programs, keepPrograms, endPrograms } = texts.reset;
  const option = (value: ProgramsChoice, label: string) =>
    value === chosen
      ? html`<option value="${value}" selected>${label}</option>`
      : html`<option value="${value}">${label}</option>`;
  return html`<div class="tight">
    <label for="programs">${programs}</label>
    <select id="programs" name="programs" aria-describedby="programs-hint">
      !${option('keep', keepPrograms)} !${option('end', endPrograms)}
    </select>
    <p id="programs-hint" class="small quiet">${hint}</p>
  </div>`;
}
