import { createHash } from 'node:crypto';

/**
 * The script behind a form that decides about a code: a browser that brings the page back as it was, by its back button, loads it anew,
 * so that a decision that was made is told and not asked for again. (HTML, back/forward cache)
 */
export const freshScript = `{
  const code = document.currentScript.previousElementSibling.elements.user_code;
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.replace('/device?user_code=' + encodeURIComponent(code.value));
  });
}`;

/** The element behind a form. Not in a template, where a formatter would change what the policy names. */
export const freshElement = `<script>${freshScript}</script>`;

/** The hash of `freshScript` for the content security policy. */
export const freshHash = `sha256-${createHash('sha256').update(freshScript, 'utf8').digest('base64')}`;
