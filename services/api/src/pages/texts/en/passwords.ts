import { phrase } from '@ravi/runtime';

export const passwords = {
  passwordFaults: {
    tooShort: phrase('A password has at least {characters} characters here. A few unrelated words are good.'),
    tooLong: phrase('A password has at most 256 characters here.'),
    common: phrase('Many people use this password, so it is guessed first. Please choose another one.'),
    repeats: phrase(
      'This repeats or counts up a few characters, which is easy to guess. Please choose another one.',
    ),
    ownWords: phrase(
      'This is made of your address or the name of this service, which is easy to guess. Please choose another one.',
    ),
  },

  passwordChange: {
    title: 'Change your password',
    lead: 'This signs you out everywhere else. Programs keep their access until you end it:',
    current: 'Current password',
    fresh: 'New password',
    submit: 'Change password',
    changed: 'Your password is changed, and you are signed out everywhere else.',
    atProvider: 'You sign in through a provider, so there is no password here. Change it there.',
    problems: {
      wrongPassword: 'This is not your current password. Please try again.',
      tooManyAttempts: phrase('Too many attempts. Please try again {when}.'),
    },
  },

  forgot: {
    link: 'Forgot your password?',
    title: 'Set a new password',
    lead: 'We send a link to your email address. It works once, for an hour.',
    ask: 'This service sends no email. Ask whoever runs it for a link that sets a new password, in a way that shows them who you are.',
    submit: 'Send the link',
    sent: {
      title: 'Look into your mailbox',
      text: 'If an account has this address, a link is on its way there.',
      nothing:
        'Nothing came after a few minutes? Look into your spam folder, and check the address. An address gets at most four links an hour.',
    },
    problems: {
      invalidEmail: 'This does not look like an email address. Please check it.',
      tooManyAttempts: phrase('Too many links were asked for from your network. Please try again {when}.'),
    },
  },

  reset: {
    title: 'Set a new password',
    lead: 'The link works once. Setting the password signs you out everywhere; sign in with the new one then.',
    programs: 'Your programs',
    keepPrograms: 'They go on',
    endPrograms: 'End all programs and keys',
    programsHint: 'End them if somebody else may have known your password. Each must be approved again.',
    submit: 'Set password',
    done: { title: 'Your password is set', text: 'Sign in with it. You were signed out everywhere.' },
    spent: {
      title: 'This link does not work any more',
      text: 'It was used already, is older than an hour, or a newer one was made. Nothing was changed. Ask for a new link.',
    },
  },
};
