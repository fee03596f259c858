import { relativeTime } from './relative-time.ts';

/** A problem's text, or one that also says when the next attempt is admitted. */
type ProblemText = string | ((values: { readonly when: string }) => string);

/** The problem in words; where it ends by itself, with the exact wait. */
export function problemText(text: ProblemText, retryAfterSeconds: number | undefined, lang: string): string {
  return typeof text === 'string' ? text : text({ when: relativeTime(retryAfterSeconds ?? 0, lang) });
}
