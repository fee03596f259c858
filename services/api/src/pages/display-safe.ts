/** Maximum length of a shown name and user agent, in characters as a reader counts them. */
export const displayLimits = { name: 64, userAgent: 160 } as const;

/** Longer input is cut before it is processed: no limit would show the rest. */
const longestInput = 4096;

/** Controls, line separators and blank-looking symbols: they separate words, so a space replaces them. */
const blanks = /[\p{Cc}\p{Zl}\p{Zp}\u2800]/gu;

/** Bidi controls, zero-width, tag and filler characters, lone surrogates, private use and unassigned. */
const invisibles = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;

/** More marks on one letter than any script needs: stacked, they would cover the lines around. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu;

/**
 * Makes text from strangers safe to show: one line, without invisible characters or any that reorder the text
 * around it, at most `limit` characters and then an ellipsis.
 *
 * It does not escape: the templates do that for every value.
 */
export function displaySafe(text: string, limit: number = displayLimits.name): string {
  const clean = text
    .slice(0, longestInput)
    .normalize('NFC')
    .replace(blanks, ' ')
    .replace(invisibles, '')
    .replace(stackedMarks, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  if (clean.length <= limit) return clean;
  const characters = Array.from(new Intl.Segmenter('und').segment(clean), (part) => part.segment);
  return characters.length <= limit
    ? clean
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}
