import { createHash } from 'node:crypto';

/**
 * The one script there is, on the page after an approval: follows the program until it has collected its credentials, and says
 * so. What it says stands in the attributes of the paragraph; without it the page is complete as it is. It asks again at once
 * after a held request, after a second where it was answered sooner, later when it is told to, and gives up in the end.
 */
export const liveScript = `
const live = document.getElementById('live');
const say = (text) => { live.textContent = text; };
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
      else if (answer.status < 500 && answer.status !== 429) return;
      else failures++;
      seconds = Number(answer.headers.get('Retry-After') || seconds);
    } catch { failures++; }
    await pause(asked + (seconds + failures) * 1000 - Date.now());
  }
})();
`;

/** Names `liveScript` in a policy. */
export const liveScriptHash = `sha256-${createHash('sha256').update(liveScript, 'utf8').digest('base64')}`;
