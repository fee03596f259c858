import { createHash } from 'node:crypto';

/**
 * The script of the page after an approval: it shows when the program has collected its credentials, and after half a minute that it has
 * not come for them. Its texts are in the attributes of the paragraph; the page is complete without it. It repeats the request at once after a held one, after a second
 * if the answer came sooner, later if `Retry-After` says so, and stops after 30 failures.
 */
export const liveScript = `
const live = document.getElementById('live');
const lateInMs = Number(live.dataset.lateInMs);
const late = lateInMs > 0 ? setTimeout(() => { live.textContent = live.dataset.late; }, lateInMs) : undefined;
const say = (text) => { clearTimeout(late); live.textContent = text; };
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
(async () => {
  for (let failures = 0; failures < 30;) {
    const asked = Date.now();
    let seconds = 1;
    try {
      const answer = await fetch('/api/auth/device/status/?user_code=' + encodeURIComponent(live.dataset.code), { cache: 'no-store' });
      if (answer.ok) {
        failures = 0;
        const { status } = await answer.json();
        if (status !== 'approved') return say(live.dataset[status]);
      } else if (answer.status === 404) return say(live.dataset.gone);
      else if (answer.status < 500 && answer.status !== 429) return clearTimeout(late);
      else failures++;
      seconds = Number(answer.headers.get('Retry-After') || seconds);
    } catch { failures++; }
    await pause(asked + (seconds + failures) * 1000 - Date.now());
  }
})();
`;

/** The hash of `liveScript` for the content security policy. */
export const liveScriptHash = `sha256-${createHash('sha256').update(liveScript, 'utf8').digest('base64')}`;
