/** Longest shown form of a name and of a user agent, in characters as a reader counts them. */
export const displayLimits = { name: 64, userAgent: 160 } as const;

/** Nothing longer than this is looked at, whatever the limit: the rest could not be shown anyway. */
const longestInput = 4096;

/** Controls, line separators and blank-looking symbols: they separate words, so a space replaces them. */
const blanks = /[\p{Cc}\p{Zl}\p{Zp}\u2800]/gu;

/** Bidi controls, zero-width, tag and filler characters, lone surrogates, private use and unassigned. */
const invisibles = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;

/** More marks on one letter than any script needs: stacked, they would paint over the lines around. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu;

/**
 * Makes text that a stranger chose safe to look at: one line, nothing invisible, nothing that reorders its
 * surroundings, at most `limit` characters and then an ellipsis.
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
  const characters = Array.from(new Intl.Segmenter('und').segment(clean), (part) => part.segment);
  return characters.length <= limit
    ? clean
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}
