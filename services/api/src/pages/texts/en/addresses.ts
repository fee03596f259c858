import { phrase } from '@ravi/runtime';

export const addresses = {
  address: {
    title: 'Change your email address',
    lead: 'We send a link to the new address; the change counts once you confirm it there. The present address is told.',
    ask: 'This service sends no email, so addresses cannot be changed here. Ask whoever runs it.',
    fresh: 'New email address',
    submit: 'Send the link',
    sent: 'A link is on its way to the new address. It works once, for an hour. Until you confirm it there, nothing changes.',
    problems: {
      invalidEmail: 'This does not look like an email address. Please check it.',
      wrongPassword: 'This is not your current password. Please try again.',
      tooManyAttempts: phrase('Too many attempts. Please try again {when}.'),
    },
    confirm: {
      title: 'Is this your new email address?',
      lead: 'Your account has this address then, and you sign in with it. If you did not ask for that, close this page.',
      submit: 'Yes, use it',
    },
    results: {
      moved: {
        title: 'Your address is changed',
        text: 'Sign in with the new one from now on. Both addresses were told.',
      },
      bad: {
        title: 'This link does not work any more',
        text: 'It was used already, is older than an hour, a newer one was sent, or the password was changed since. Opening it now changes nothing.',
      },
      taken: {
        title: 'Another account has this address',
        text: 'An address belongs to one account. Nothing was changed.',
      },
    },
  },

  verify: {
    title: 'Is this your email address?',
    lead: 'Confirm only if you created this account yourself. If you did not, close this page.',
    submit: 'Yes, confirm it',
    done: {
      title: 'Your address is confirmed',
      text: 'We tell you there when something happens to your account, and can send you a link when you forget your password.',
    },
    spent: {
      title: 'This link does not work any more',
      text: 'It was used already, is older than an hour, or a newer one was sent. Sign in to have another one sent.',
    },
    missing: {
      text: 'Your email address is not confirmed. Without that, nobody tells you there what happens to your account.',
      send: 'Send a link to confirm it',
      sent: 'A link is on its way to your address. It works for an hour; an address gets at most four an hour.',
    },
  },
};
