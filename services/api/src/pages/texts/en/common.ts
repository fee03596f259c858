import { phrase } from '@ravi/runtime';

type Direction = 'ltr' | 'rtl';

export const common = {
  lang: 'en',
  /** In which direction the language is written. */
  dir: 'ltr' as Direction,
  /** The language's own name for itself. */
  languageName: 'English',
  problemPrefix: 'Problem:',
  standingAdvice:
    'A code comes only from a program you started yourself. If somebody sent you one, do not use it.',
  email: 'Email',
  password: 'Password',
  signedInAs: 'Signed in as',
  notYou: 'Not you? Sign out',
  toDevice: 'Enter a code',
  toAccount: 'Your account',
  signedOut: 'You are signed out.',
  /** What stands between a label and what it names. */
  colon: ':',
  languages: 'Language',

  links: { terms: 'Terms', privacy: 'Privacy', imprint: 'Imprint', support: 'Help' },

  reveal: { show: 'Show the password', hide: 'Hide the password' },

  message: {
    status: 'Status',
    reference: 'Reference',
    tryAgain: phrase('Please try again {when}.'),
    again: 'Try again',
    notFound: { title: 'There is nothing here', text: 'The address may be mistyped.' },
    forbidden: {
      title: 'This page has gone stale',
      text: 'It was open for too long, or you signed out meanwhile. Nothing was changed. Please start again.',
    },
    noCookie: {
      title: 'Your browser sent no cookie',
      text: 'It blocks cookies for this site, and without one nobody can sign in: allow them, then try again. If the page was open for more than an hour, just try again.',
    },
    badRequest: {
      title: 'We could not read that',
      text: 'The form arrived incomplete. Nothing was changed. Please start again.',
    },
    tooMany: {
      title: 'A little slower, please',
      text: 'Too many requests came from you, or from your network. Nothing was changed.',
    },
    unavailable: {
      title: 'We will be right back',
      text: 'The service cannot answer at the moment. Your code stays valid until it expires.',
    },
    internal: {
      title: 'Something went wrong on our side',
      text: 'It is not your fault. Please try again; if it happens again, pass on the reference below.',
    },
    crossSite: {
      title: 'This came from another website',
      text: 'Another website tried to act in your name, so we stopped it. Nothing was changed.',
    },
  },
};
