import type { MailTexts } from './mail-texts.ts';

export const en: MailTexts = {
  labels: { when: 'When:     ', address: 'Address:  ', software: 'Software: ' },
  account: {
    reset: {
      subject: 'Set a new password',
      lead: 'Somebody asked for a new password for your account. If that was you, open this link and choose one:',
      afterLink:
        'The link works once, for an hour. If you did not ask for it, there is nothing to do: your password stays as it is.',
    },
    resetAtProvider: {
      subject: 'You sign in through a provider',
      lead: 'Somebody asked for a new password for your account. It has none: you sign in through a provider, and only there can you recover your access. Sign in here:',
      afterLink: 'If you did not ask for it, there is nothing to do.',
    },
    verify: {
      subject: 'Confirm your email address',
      lead: 'An account was created with this email address. If it is yours, open this link and confirm:',
      afterLink:
        'The link works once, for an hour. If you did not create an account, do not confirm: nothing else will be sent to you.',
    },
    address: {
      subject: 'Confirm your new email address',
      lead: 'Somebody wants to use this email address for their account. If that is you, open this link and confirm:',
      afterLink:
        'The link works once, for an hour. If it is not you, there is nothing to do: nothing else will be sent to you.',
    },
    addressWanted: {
      subject: 'Your account is to have another email address',
      lead: 'Somebody who is signed in as you wants to use another email address for your account. If that was you, there is nothing to do. If it was not, change your password here now, before they confirm it:',
      afterLink: '',
    },
    addressChanged: {
      subject: 'The email address of your account was changed',
      lead: 'Your account has another email address now: sign in with that one. Both addresses are told. If it was not you, ask whoever runs this service at once. Your sessions are here:',
      afterLink: '',
    },
    passwordChanged: {
      subject: 'Your password was changed',
      lead: 'The password of your account was changed. Every other browser is signed out. If that was you, there is nothing to do. If it was not, ask for a new one here, and end all programs with it:',
      afterLink: '',
    },
    accountDeleted: {
      subject: 'Your account was deleted',
      lead: 'Your account was deleted by somebody who was signed in as you. Nothing of it works any more. If that was you, there is nothing to do. If it was not, tell whoever runs this service at once:',
      afterLink: '',
    },
    factorAdded: {
      subject: 'A second factor was added to your account',
      lead: 'An authenticator app or a passkey was added to your account: it lets its owner in.',
      ifNot:
        'If that was you, there is nothing to do. If it was not, remove it here and change your password:',
      afterLink:
        'If you are asked for a factor that you do not have, tell whoever runs this service at once: they can remove it, once they know that it is you.',
    },
    factorReplaced: {
      subject: 'The authenticator app of your account was replaced',
      lead: 'Another authenticator app took the place of the one of your account, whose codes work no more. Every browser but the one where it was done is signed out.',
      ifNot:
        'If that was you, there is nothing to do. If it was not, look here at what there is and change your password:',
      afterLink: '',
    },
    factorRemoved: {
      subject: 'A second factor was removed from your account',
      lead: 'An authenticator app or a passkey was removed from your account. Every browser but the one where it was done is signed out.',
      ifNot:
        'If that was you, there is nothing to do. If it was not, look here at what is left and change your password:',
      afterLink: '',
    },
    factorsReset: {
      subject: 'All second factors of your account were removed',
      lead: 'Whoever runs this service removed the authenticator app, the passkeys and the recovery codes of your account, as they do for people who lost their phone. If you did not ask for it, tell them at once. Set up a new one here:',
      afterLink: '',
    },
    recoveryCodesMade: {
      subject: 'New recovery codes for your account',
      lead: 'New recovery codes were made for your account; those of before work no more. Every browser but the one where it was done is signed out.',
      ifNot:
        'If that was you, there is nothing to do. If it was not, make others here and change your password:',
      afterLink: '',
    },
    recoveryCodeUsed: {
      subject: 'A recovery code of your account was used',
      lead: 'Somebody signed in to your account with one of its recovery codes, which works no more. If that was you, see here how many are left. If it was not, make new ones here and change your password:',
      afterLink: '',
    },
    providerLinked: {
      subject: 'A provider was linked to your account',
      lead: 'A provider was linked to your account: whoever signs in there gets in here.',
      ifNot:
        'If that was you, there is nothing to do. If it was not, unlink it here and change your password:',
      afterLink: '',
    },
    providerUnlinked: {
      subject: 'A provider was unlinked from your account',
      lead: 'A provider was unlinked from your account: nobody signs in with it any more. Every browser but the one where it was done is signed out.',
      ifNot:
        'If that was you, there is nothing to do. If it was not, look here at what is left and change your password:',
      afterLink: '',
    },
    signInPutBack: {
      subject: 'How you sign in was put back as it was before',
      lead: 'The second factors and the providers of your account were put back as they were before a change, by the link that we sent to you. Every browser is signed out. If that was not you, somebody else reads your mail: secure your mailbox first, then sign in and look at what there is:',
      afterLink: '',
    },
    accountBlocked: {
      subject: 'Your account was blocked',
      lead: 'Whoever runs this service blocked your account. Nobody signs in to it, and your programs and keys work no more. If you do not know why, ask them:',
      afterLink: '',
    },
    accountUnblocked: {
      subject: 'Your account is no longer blocked',
      lead: 'Whoever runs this service lets you sign in again. Programs and keys that ended stay ended: let each program log in again. Sign in here:',
      afterLink: '',
    },
    secondStepAsked: {
      subject: 'Somebody knows your password',
      lead: 'Somebody entered the password of your account in a browser that is not known to it, and is not past the second step yet. If that was you, there is nothing to do. If it was not, change your password here now:',
      afterLink: '',
    },
    signedIn: {
      subject: 'A new sign-in to your account',
      lead: 'Somebody signed in to your account in a browser that was not used for it before. If that was you, there is nothing to do. If it was not, end that session here and change your password:',
      afterLink: '',
    },
  },
  undo: {
    lead: 'If that was you, there is nothing to do. If it was not, open this link. Its page shows what was changed, and has a button that puts it back:',
    afterLink:
      'The button also signs out every browser, and ends your programs unless you choose otherwise. The link works once, for 7 days. If your account has a password, the page asks for it: change it afterwards.',
  },
  notVerified: 'not verified',
  unnamed: '(it gave no name)',
  approval: {
    subject: 'A program was given access to your account',
    lead: "You approved a program's login a moment ago, or somebody who is signed in as you did.",
    labels: {
      name: 'Calls itself: ',
      address: 'Asked from:   ',
      software: 'Software:     ',
      approved: 'Approved:     ',
    },
    afterFacts:
      'If that was you, there is nothing to do.\n\nIf it was not, press "This was not me" beside the program here. The page then says what else helps:',
  },
  unused: {
    subject: 'A login ended that nobody used',
    lead: "A program's login to your account ended by itself, because nothing of it was used for a long time.",
    labels: { name: 'Calls itself: ', approved: 'Approved:     ', used: 'Last used:    ' },
    afterFacts:
      'Its tokens and API keys do not work any more. If the program is still needed, let it log in again. If not, there is nothing to do.\nYour other programs:',
  },
};
