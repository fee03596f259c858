import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  keptBackMs,
  linkMs,
  maxGivenUpAddresses,
  maxIdentities,
  maxPasskeys,
  maxProviderLinks,
  maxSessions,
  undoMs,
} from '@ravi/accounts';
import { maxKeyGenerations, maxLogins, maxMadeKeys } from '@ravi/credentials';
import {
  activityLooksPerAccount,
  approvalsPerAccount,
  mailsPerHour,
  passkeySignInsPerAccount,
  providerSignInsPerAddress,
  refreshes,
  signUpsPerAddress,
  windowSeconds,
  wrongCodesPerAccount,
  wrongFactors,
  wrongPasswords,
} from '../../services/api/src/limits/fixed-maximums.ts';

/** A page, with one blank where its tables have many. */
const pageOf = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../docs', `${name}.md`), 'utf8').replaceAll(/ +/g, ' ');
const days = (ms: number) => ms / 86_400_000;
const many = (count: number) => count.toLocaleString('en-US');

const { perAddress, perAccount, perBrowser, perKnownAccount } = wrongPasswords;
const inWindow = `in ${windowSeconds / 60} minutes`;

test.each([
  `| wrong codes ${inWindow} | ${wrongCodesPerAccount} per account;`,
  `| wrong passwords ${inWindow} | ${perAddress} per address, ${perAccount} per account; in browsers that are known to the account: ${perBrowser} in one, ${perKnownAccount} in all of them |`,
  `| wrong second factors in an hour | ${wrongFactors.perAddress} per address, ${wrongFactors.perAccount} per account; in browsers that are known to the account: ${wrongFactors.perBrowser} in one, ${wrongFactors.perKnownAccount} in all of them.`,
  `passkeys are counted apart, ${wrongFactors.passkeysPerAddress} per address |`,
  `| returns from an OpenID provider ${inWindow} | ${providerSignInsPerAddress} per address |`,
  `| sign-ins by passkey ${inWindow} | ${passkeySignInsPerAccount} per account |`,
  `| sign-ups in an hour | ${signUpsPerAddress} per address |`,
  `| links by mail asked for at \`/forgot\` in an hour | ${mailsPerHour.perAddress} per address;`,
  `| approvals ${inWindow} | ${approvalsPerAccount} per account |`,
  `| looks at the activity page in a minute | ${activityLooksPerAccount} per account;`,
  `| refreshes ${inWindow} | ${refreshes.perLogin} per login, ${refreshes.perAccount} per account |`,
  `In an hour an address gets at most ${mailsPerHour.link} links of a kind, ${mailsPerHour.notice} mails with a link that undoes a change, ${mailsPerHour.notice} of sign-ins, and ${mailsPerHour.notice} other notices`,
  `brings a link that, for ${days(undoMs)} days, puts back`,
])('docs/operations.md says: %s', (words) => {
  expect(pageOf('operations')).toContain(words);
});

test.each([
  `| active logins, each with up to two keys | ${many(maxLogins)} |`,
  `| API keys that programs made | ${maxMadeKeys} |`,
  `| generations of keys that made each other | ${maxKeyGenerations} |`,
  `| identities | ${maxIdentities} |`,
  `| addresses that identities gave up | ${maxGivenUpAddresses}, each for ${days(keptBackMs)} days |`,
  `| browser sessions | ${maxSessions} |`,
  `| passkeys | ${maxPasskeys} |`,
  `| providers that sign in to it | ${maxProviderLinks} |`,
  `| wrong codes | ${wrongCodesPerAccount} ${inWindow} |`,
  `| approvals | ${many(approvalsPerAccount)} ${inWindow} |`,
  `| refreshes of a login, and of all logins of the account | ${refreshes.perLogin} and ${many(refreshes.perAccount)} ${inWindow} |`,
])('docs/scaling.md says: %s', (words) => {
  expect(pageOf('scaling')).toContain(words);
});

test('a link that a mail brings is good for an hour, and somebody is told once an hour that their password is known', () => {
  expect([linkMs, mailsPerHour.secondStepAsked]).toEqual([3_600_000, 1]);
  const page = pageOf('operations');
  expect(page).toContain('each is good for an hour, once');
  expect(page).toContain('once an hour at most, after the right password');
});
