import { phrase } from '@ravi/runtime';

export const account = {
  deletion: {
    title: 'Delete your account',
    lead: 'All your programs and keys stop at once, and you are signed out everywhere. Your identities, your addresses and what you granted are removed. This cannot be undone.',
    stays: 'The log of this service keeps, for a while, that it happened.',
    goOn: 'Continue to the last step',
    submit: 'Delete the account for good',
    keep: 'Keep the account',
    problems: {
      wrongPassword: 'This is not your current password. Please try again.',
      tooManyAttempts: phrase('Too many attempts. Please try again {when}.'),
      staleSignIn: 'You signed in a while ago. Sign out, sign in again, and delete the account then.',
    },
    done: {
      title: 'Your account is deleted',
      text: 'Nothing can act for you here any more. You can close this page.',
    },
  },

  programs: {
    title: 'Connected programs',
    lead: 'These programs can act for you. What you end here ends everywhere at once.',
    none: 'No program can act for you at the moment.',
    nameless: 'A program without a name',
    loggedIn: 'Logged in',
    address: 'From',
    used: 'Last used',
    neverUsed: 'not used yet',
    may: 'May act as',
    wholeAccount: 'your whole account',
    keys: 'Holds',
    keyKinds: { management: 'key of the account', identity: 'key of an identity' },
    tokens: 'tokens that renew themselves',
    keyEnds: phrase('ends {when}'),
    ends: 'Ends',
    endsUnused: phrase('{when} unless it is used before then'),
    endsByYou: 'when you end it',
    registered: 'registered',
    end: 'End',
    notMe: 'This was not me',
    ways: 'Either ends its access and its keys. “This was not me” also says what to do when somebody else may be signed in as you.',
    notYet:
      'A program that you approved is listed once it has come for its access. Until then, “End all programs and keys” stops it, too.',
    endAll: 'End all programs and keys',
    endAllWarning: 'Every program of yours stops, and each must be approved again. This cannot be undone.',
    newer: 'Used more recently',
    older: 'Used less recently',
    pageOf: phrase('Page {page} of {pages}'),
    search: {
      label: 'Name of the program',
      submit: 'Search',
      all: 'All programs',
      none: phrase('No program has “{name}” in its name.'),
    },
    done: {
      ended: 'Ended. It cannot act for you any more.',
      endedAll: 'Ended. No program and no key can act for you any more.',
      notMe:
        'It is ended, and so is everything that it made. Somebody may know how to sign in as you. What helps now:',
    },
    endSessions: 'End your other sessions',
  },

  sessions: {
    link: 'Sessions',
    title: 'Where you are signed in',
    lead: 'End what you do not recognize. Programs that you approved are not listed here.',
    current: 'this browser',
    started: 'Signed in',
    address: 'Address',
    unknownBrowser: 'Unknown browser',
    end: 'Sign out',
    elsewhere: 'Signed in elsewhere',
    endOthers: 'Sign out everywhere else',
  },
};
