import { html } from 'ghtml';
import { fillTemplate, type Phrase } from '@ravi/runtime';

/**
 * Puts markup into a text where it has placeholders: the text is escaped, the markup is not.
 *
 * @param markup HTML made by `html`, by placeholder
 */
export function withMarkup<Name extends string>(
  text: Phrase<Name>,
  markup: Readonly<Record<Name, string>>,
): string {
  return fillTemplate(html`${text.template}`, markup);
}
