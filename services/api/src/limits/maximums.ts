/*
 * How often something may happen, where no setting says it.
 */

/** The window in which things are counted, where no other is named. */
export const windowSeconds = 900;

/** Wrong user codes that an account may enter in the window. (RFC 8628 §5.1) */
export const wrongCodesPerAccount = 5;

/**
 * Maximum of wrong passwords in the window: from an address; to an account, from all browsers that never signed in to it, which
 * is higher, so that a few strangers cannot lock its owner out; in one browser that did sign in; and in all of those together.
 */
export const wrongPasswords = { perAddress: 20, perAccount: 100, perBrowser: 20, perKnownAccount: 100 };

/**
 * Maximum of wrong second factors in an hour. They count apart for browsers that signed in to the account since its password, its
 * sessions and its first factor are what they are: in one of them, and in all of them together, however many there are. Of six digits,
 * 10 guesses an hour find the right ones within a year by a chance of one in four, and that only for somebody who knows the password;
 * who once passed the second step too has 20 more. Recovery codes and passkeys cannot be guessed: an account's count for their network
 * alone, and passkeys apart from the rest, since each answer costs no more than a check.
 */
export const wrongFactors = {
  perAddress: 30,
  perAccount: 10,
  perBrowser: 10,
  perKnownAccount: 20,
  passkeysPerAddress: 300,
};

/** Returns from OpenID providers in the window, from an address: nothing can be guessed, but each costs the provider a request. */
export const providerSignInsPerAddress = 500;

/** Sign-ups in an hour, from an address. */
export const signUpsPerAddress = 20;

/**
 * E-mails in an hour: to one address, with one kind of link, a notice, or the one that somebody knows the password; and links that one
 * address of the network may ask for.
 */
export const mailsPerHour = { link: 4, notice: 10, secondStepAsked: 1, perAddress: 30 };

/** Looks a minute at what happened in an account: each reads thousands of events of all accounts. */
export const activityLooksPerAccount = 30;

/** Approvals in the window by an account: each makes credentials. Denials are never refused for their number. */
export const approvalsPerAccount = 1_000;

/** Refreshes in the window: of one login, which needs one an hour, and of all logins of an account together. */
export const refreshes = { perLogin: 60, perAccount: 6_000 };
