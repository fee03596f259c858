import { createHash } from 'node:crypto';

/**
 * The script behind each password field: it adds a button that shows what was typed, and hides it again. Its words are in the
 * field's attributes; the page is complete without it. It runs before anything below it is there, so nothing moves.
 */
export const showPasswordScript = `{
  const field = document.currentScript.previousElementSibling;
  const button = document.createElement('button');
  const say = () => { button.textContent = field.type === 'password' ? field.dataset.show : field.dataset.hide; };
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-controls', field.id);
  button.addEventListener('click', () => { field.type = field.type === 'password' ? 'text' : 'password'; say(); });
  field.form.addEventListener('submit', () => { field.type = 'password'; });
  say();
  field.after(button);
}`;

/** The element behind a field. Not in a template, where a formatter would change what the policy names. */
export const showPasswordElement = `<script>${showPasswordScript}</script>`;

/** The hash of `showPasswordScript` for the content security policy. */
export const showPasswordHash = `sha256-${createHash('sha256').update(showPasswordScript, 'utf8').digest('base64')}`;
