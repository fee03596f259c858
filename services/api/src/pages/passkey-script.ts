import { createHash } from 'node:crypto';

/**
 * The script behind the form of a passkey: it asks the browser for what the form's attributes say, and sends its answer with the
 * form: once, however often the button is pressed while the answer is on its way. Without JavaScript, or in a browser without
 * passkeys, the form stays hidden, and the page says so.
 */
export const passkeyScript = `{
  const form = document.currentScript.previousElementSibling;
  const ways = window.PublicKeyCredential;
  const makes = form.dataset.ceremony === 'create';
  const parse = ways && (makes ? ways.parseCreationOptionsFromJSON : ways.parseRequestOptionsFromJSON);
  if (parse) {
    const told = form.querySelector('[role=alert]');
    let busy = false;
    form.hidden = false;
    form.previousElementSibling.hidden = true;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      told.textContent = '';
      try {
        const publicKey = parse.call(ways, JSON.parse(form.dataset.options));
        const answer = await navigator.credentials[makes ? 'create' : 'get']({ publicKey });
        form.elements.answer.value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        told.textContent = form.dataset[error.name === 'InvalidStateError' ? 'known' : 'failed'];
        busy = false;
      }
    });
    addEventListener('pageshow', ({ persisted }) => persisted && (busy = false));
  }
}`;

/** The element behind a form. Not in a template, where a formatter would change what the policy names. */
export const passkeyElement = `<script>${passkeyScript}</script>`;

/** The hash of `passkeyScript` for the content security policy. */
export const passkeyHash = `sha256-${createHash('sha256').update(passkeyScript, 'utf8').digest('base64')}`;
