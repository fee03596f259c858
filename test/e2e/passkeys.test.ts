import { randomUUID } from 'node:crypto';
import { totpCode } from '../support/authenticator-app.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { askedBy, SoftwarePasskey } from '../support/software-passkey.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const password = 'long enough password';
/** Where the deployment says that it is. */
const origin = 'http://login.localhost:3000';

/** A person with a passkey, and the browser in which they are signed in. */
async function withPasskey() {
  const email = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(deployment.urls[0]);
  await visit.open('/signup');
  await visit.submit('/signup', { email, password });
  const passkey = new SoftwarePasskey(origin);
  await visit.open('/account/security');
  const answer = passkey.register(askedBy(visit.page.text, '/account/security/passkeys'));
  const made = { answer, name: 'work laptop' };
  await visit.submit('/account/security/passkeys', { ...made, current_password: 'a guess' });
  expect([visit.page.status, visit.words]).toEqual([401, expect.stringContaining('The password is wrong')]);
  expect(visit.page.text).toContain('value="work laptop"');
  await visit.submit('/account/security/passkeys', { ...made, current_password: password });
  return { email, visit, passkey };
}

/** Another browser on the sign-in page, and what it asks of passkeys. */
async function atSignIn() {
  const visit = new BrowserVisit(deployment.urls[1]);
  await visit.open('/signin?next=sessions');
  return { visit, asked: askedBy(visit.page.text, '/signin/by-passkey') };
}

const send = (visit: BrowserVisit, answer: string) => visit.submit('/signin/by-passkey', { answer });
const accepted = 'Where you are signed in';

/** @shows ASVS V6.3.3 */
test('a passkey signs in without a password, and is the second step after one; its name and last use are shown', async () => {
  const { email, visit, passkey } = await withPasskey();
  expect(visit.words).toContain('Your recovery codes');
  const { visit: other, asked } = await atSignIn();
  await send(other, passkey.sign(asked));
  expect(other.words).toContain(accepted);
  const second = new BrowserVisit(deployment.urls[1]);
  await second.open('/signin?next=sessions');
  await second.submit('/signin', { email, password });
  expect(second.words).toContain('Confirm that it is you');
  expect(second.words).not.toContain('Code of your app');
  const step = () => askedBy(second.page.text, '/signin/second-step');
  const refused = async (form: Readonly<Record<string, string>>, words: string) => {
    await second.submit('/signin/second-step', form);
    expect([second.page.status, second.words]).toEqual([401, expect.stringContaining(words)]);
  };
  await refused({ answer: passkey.sign(step(), { unverified: true }) }, 'The passkey was not accepted');
  await refused({ code: '000000' }, 'Your account has no authenticator app.');
  await refused({ code: 'aaaa-bbbb-cccc-dddd' }, 'This recovery code is not right');
  // Neither kind of code, but it has letters.
  await refused({ code: 'recovery' }, 'This recovery code is not right');
  await second.submit('/signin/second-step', { answer: passkey.sign(step()) });
  expect(second.words).toContain(accepted);
  await other.open('/account/security');
  expect(other.words).toMatch(/work laptop Added .* Last used (now|\d+ seconds? ago)/);
});

test('a passkey with a key that is larger than any needs to be is not kept', async () => {
  const { visit } = await withPasskey();
  for (const [keyPadding, status] of [
    [4_000, 400],
    [300, 200],
  ] as const) {
    await visit.open('/account/security');
    const asked = askedBy(visit.page.text, '/account/security/passkeys');
    const answer = new SoftwarePasskey(origin).register(asked, { keyPadding });
    await visit.submit('/account/security/passkeys', { answer });
    expect(visit.page.status).toBe(status);
  }
});

/** @shows ASVS V6.5.1 */
test('an answer counts once, in the browser that asked, on this site, from the passkey of the account and its person', async () => {
  const { passkey } = await withPasskey();
  const { passkey: stranger } = await withPasskey();
  const { visit } = await atSignIn();
  const now = () => askedBy(visit.page.text, '/signin/by-passkey');
  const refused = async (answer: string, words = 'was not accepted') => {
    await send(visit, answer);
    expect([visit.page.status, visit.words]).toEqual([401, expect.stringContaining(words)]);
  };
  await refused(passkey.sign(now(), { origin: 'https://login.example.com' }));
  await refused(passkey.sign(now(), { rpId: 'example.com' }));
  await refused(passkey.sign(now(), { unverified: true }));
  await refused(passkey.sign((await atSignIn()).asked));
  await refused(passkey.sign({ challenge: 'AAAA' }));
  await refused('not even JSON');
  await refused(
    new SoftwarePasskey(origin).sign(now(), { userHandle: 'MQ' }),
    'No account here has this passkey',
  );
  const used = passkey.sign(now());
  const twin = visit.copy();
  await send(visit, used);
  expect(visit.words).toContain(accepted);
  await twin.open('/signin?next=sessions');
  await send(twin, used);
  expect([twin.page.status, twin.words]).toEqual([401, expect.stringContaining('used already')]);
  // A copy of it counts from where it was copied, or does not count.
  for (const counter of [1, 0]) {
    await twin.open('/signin?next=sessions');
    await send(twin, passkey.sign(askedBy(twin.page.text, '/signin/by-passkey'), { counter }));
    expect([twin.page.status, twin.words]).toEqual([401, expect.stringContaining('exists twice')]);
  }
  // Nobody's challenge for a second step is another's. An honest passkey may not count at all.
  await twin.open('/signin?next=sessions');
  await send(twin, stranger.sign(askedBy(twin.page.text, '/signin/by-passkey'), { counter: 0 }));
  expect(twin.words).toContain(accepted);
});

test('of an app and a passkey that are removed at the same moment one stays: the last one takes the password', async () => {
  const { visit, passkey } = await withPasskey();
  await visit.open('/account/security/app');
  const secret = /name="secret" value="([A-Z2-7]{32})"/.exec(visit.page.text)?.[1] ?? '';
  await visit.submit('/account/security/app', { code: totpCode(secret) });
  expect(visit.words).toContain('Your authenticator app is set up');
  const tabs = ['totp', `passkey:${passkey.id}`].map((factor) => {
    const tab = visit.copy();
    tab.page = visit.page;
    return { tab, factor };
  });
  await Promise.all(tabs.map(({ tab, factor }) => tab.submit('/account/security/remove', { factor })));
  expect(tabs.filter(({ tab }) => tab.words.includes('Remove your last second factor?'))).toHaveLength(1);
  for (const { tab } of tabs) {
    await tab.open('/account/security');
    expect(tab.words).toContain('This is your only second factor');
  }
  // A copy of the cookie of before is nobody's.
  await visit.open('/account/security');
  expect(visit.words).not.toContain('This is your only second factor');
});
