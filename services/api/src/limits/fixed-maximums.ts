/*
 * How often something may happen, where no setting says it.
 */

/** The window in which things are counted, where no other is named. */
export const windowSeconds = 900;

/** Wrong user codes that an account may enter in the window; an address: `WRONG_CODES_PER_ADDRESS`. (RFC 8628 §5.1) */
export const wrongCodesPerAccount = 5;

/**
 * Maximum of wrong passwords in the window: from an address; to an account, from all browsers that never signed in to it (higher, so
 * that a few strangers cannot lock its owner out); in one browser that did sign in; and in all of those together.
 */
export const wrongPasswords = { perAddress: 20, perAccount: 100, perBrowser: 20, perKnownAccount: 100 };

/**
 * Maximum of wrong second factors in an hour. Browsers that have signed in to the account since its password, sessions or first
 * factor last changed are counted separately: each of them, and all of them together. With 10 guesses an hour at six digits, somebody
 * who knows the password finds the right ones within a year with a chance of one in four; somebody who once passed the second step in
 * a browser has 10 more an hour there, and 20 in all such browsers together. Recovery codes and passkeys cannot be guessed: wrong
 * ones count only for the network that they come from. Passkeys count separately, since one is cheap to check.
 */
export const wrongFactors = {
  perAddress: 30,
  perAccount: 10,
  perBrowser: 10,
  perKnownAccount: 20,
  passkeysPerAddress: 300,
};

/**
 * Returns from OpenID providers in the window, from one address. Nothing can be guessed there, but each costs a request to the
 * provider.
 */
export const providerSignInsPerAddress = 500;

/** Sign-ins by passkey in the window, to one account: each is checked, opens a session and is noted. */
export const passkeySignInsPerAccount = 100;

/** Sign-ups in an hour, from an address. */
export const signUpsPerAddress = 20;

/**
 * E-mails in an hour to one address: with one kind of link, notices, and the notice that somebody knows the password. `perAddress`:
 * links that one network address may ask for.
 */
export const mailsPerHour = { link: 4, notice: 10, secondStepAsked: 1, perAddress: 30 };

/**
 * How often in a minute an account's activity may be read, each time from thousands of events of all accounts. Searches of its
 * programs, each of which reads them all, count as well: once for each 10,000 programs.
 */
export const activityLooksPerAccount = 30;

/** Approvals in the window by one account: each makes credentials. Denials are not limited. */
export const approvalsPerAccount = 1_000;

/** Refreshes in the window: of one login, which needs one an hour, and of all logins of an account together. */
export const refreshes = { perLogin: 60, perAccount: 6_000 };
