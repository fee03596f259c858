import { createHash } from 'node:crypto';
import { html } from 'ghtml';

/**
 * The script behind a time of day: it puts the reader's own time in the place of that in UTC, which only the browser knows, in the way
 * of their country. It runs before anything below it is there, so nothing moves.
 */
export const localTimeScript = `{
  const time = document.currentScript.previousElementSibling;
  const { lang } = document.documentElement;
  const own = navigator.languages.find((language) => language.split('-')[0] === lang) ?? lang;
  time.textContent = new Date(time.dateTime).toLocaleTimeString(own, { hour: 'numeric', minute: '2-digit' });
}`;

/** Not in a template, where a formatter would change what the policy names. */
const localTimeElement = `<script>${localTimeScript}</script>`;

/** The hash of `localTimeScript` for the content security policy. */
export const localTimeHash = `sha256-${createHash('sha256').update(localTimeScript, 'utf8').digest('base64')}`;

/** A time of day: the reader's own, or, without JavaScript, that in UTC. The page needs the script `localTime`. */
export function clockTime(atMs: number, lang: string): string {
  const time = new Date(atMs);
  const inUtc = time.toLocaleTimeString(lang, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
  return html`<time datetime="${time.toISOString()}">${inUtc} UTC</time>!${localTimeElement}`;
}
