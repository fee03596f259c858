import { html } from 'ghtml';

/** The placeholder for the markup in the sentence: a private-use character that no text contains. */
const slot = '\uE000';

/**
 * Puts markup into a sentence at the place of the value: the sentence is escaped, the markup is not.
 *
 * @param sentence a text that takes one value
 * @param markup HTML made by `html`
 */
export function withMarkup(sentence: (value: string) => string, markup: string): string {
  return sentence(slot)
    .split(slot)
    .map((part) => html`${part}`)
    .join(markup);
}
