import { phrase } from '@ravi/runtime';

export const factors = {
  passkey: {
    signIn: 'Sign in with a passkey',
    prove: 'Use your passkey',
    unsupported: 'For a passkey this page needs JavaScript, and a browser that has passkeys.',
    failed: 'That did not work, or was cancelled. Try again, or use another way.',
    known: 'This device has a passkey for this account already.',
    refused: {
      wrong: 'The passkey was not accepted: the page may have been open for too long. Try again.',
      replayed: 'This answer of your passkey was used already. Try again.',
      unknown: 'No account here has this passkey. It may have been removed.',
      cloned:
        'This passkey exists twice: its counter went back. Use another way to sign in, and remove it from your account.',
    },
  },

  secondStep: {
    title: 'Confirm that it is you',
    lead: phrase('The password is right. One more step for {email}:'),
    afterProvider: phrase('{provider} says that it is you. This account also asks for its own second step.'),
    codeLead: 'Enter the six digits that your authenticator app shows now, or one of your recovery codes.',
    code: 'Code of your app, or a recovery code',
    recoveryOnly: 'Recovery code',
    submit: 'Continue',
    lost: 'I do not have my phone or passkey',
    lostHelp:
      'Enter one of your recovery codes instead: each works once. If you have none left, ask whoever runs this service: they can remove your second factors once they know that it is you. A new password alone does not.',
    other: 'Sign in as somebody else',
    or: 'Or with a code:',
    problems: {
      wrong:
        'This code is not right. Check that your phone sets its clock by itself, and enter the next code.',
      wrongRecovery:
        'This recovery code is not right, or was used already. Compare every character, or enter another one.',
      replayed: 'This code was used already. Wait until your app shows the next one.',
      none: 'Your account has no authenticator app. Use your passkey or a recovery code.',
      unreadable:
        'Codes of your app cannot be checked here any more. Use a passkey or a recovery code, and set up the app anew.',
      tooManyAttempts: phrase(
        'Too many wrong codes. Please try again {when}, or use a passkey or a recovery code.',
      ),
    },
  },

  onceMore: {
    title: 'Is it still you?',
    lead: 'You signed in a while ago. Before this goes on, show once more that it is you.',
    submit: 'Continue',
    through: phrase('Continue with {provider}'),
    problems: {
      wrongPassword: 'The password is wrong.',
      tooManyAttempts: phrase('Too many attempts. Please try again {when}.'),
    },
  },

  security: {
    link: 'Security',
    title: 'How you sign in',
    lead: 'With a second factor, your password alone lets nobody in.',
    required: 'Here nobody approves a program with a password alone. Set up one of these first.',
    atProvider: 'You sign in through a provider. A second factor is set up there.',
    app: 'Authenticator app',
    appNone: 'Shows a new code every 30 seconds, on your phone or in a password manager.',
    appAdd: 'Set up an app',
    appReplace: 'Replace it by another app',
    passkeys: 'Passkeys',
    passkeysNone: 'Sign in with your fingerprint, face, PIN or a security key, without a password.',
    passkeyName: 'Name for a new passkey',
    passkeyNameHint: 'Such as “work laptop”, so that you recognize it here.',
    passkeyAdd: 'Add a passkey',
    passkeyMost: 'This is the most that an account can have.',
    added: 'Added',
    used: 'Last used',
    neverUsed: 'not used yet',
    kept: 'Kept',
    synced: 'on several devices',
    single: 'on one device',
    remove: 'Remove',
    recovery: 'Recovery codes',
    recoveryLeft: phrase('Recovery codes left: {count}. Each works once, instead of your app or passkey.'),
    recoveryNone: 'You have none left.',
    recoveryMake: 'Make new codes',
    recoveryEnds: 'New codes end the old ones.',
    onlyOne: 'This is your only second factor. Add another one, in case you lose it.',
    unnamed: 'Passkey',
    providers: {
      title: 'Providers',
      lead: 'Sign in with these as well. Whoever gets in there also gets in here.',
      linkTo: phrase('Link {provider}'),
      onTo: phrase('On to {provider}'),
      unlink: 'Unlink',
      address: 'Address there',
      linked: 'Linked',
      confirmFirst: 'To link a provider, confirm your email address first.',
    },
    done: {
      app: 'Your authenticator app is set up. Other browsers stay signed in.',
      appReplaced:
        'Your new authenticator app is set up, and the old one works no more. All other browsers are signed out.',
      passkey: 'Your passkey is added. Other browsers stay signed in.',
      appRemoved: 'Your authenticator app is removed. All other browsers are signed out.',
      passkeyRemoved: 'Your passkey is removed. All other browsers are signed out.',
      recovery: phrase(
        'You signed in with a recovery code. Codes left: {count}. If you lost your phone or passkey, remove that factor below and set up a new one.',
      ),
      linked: 'The provider is linked: from now on you can sign in with it. Other browsers stay signed in.',
      unlinked: 'The provider is unlinked. All other browsers are signed out.',
    },
    problems: {
      answer: 'The passkey was not added. The page may have been open for too long: try again.',
      conflict: 'This passkey is there already, or there is no room for another one.',
      lastWayIn: 'This is your only way to sign in. Link another provider before you unlink it.',
    },
  },

  setUpApp: {
    title: 'Set up an authenticator app',
    lead: 'Scan this with your app, then enter the code that it shows.',
    replaceTitle: 'Replace your authenticator app',
    replaceLead:
      'The old one works until you enter the code of the new one. Then all other browsers are signed out.',
    replaceSubmit: 'Replace',
    picture: 'QR code with the secret for your app',
    byHand: 'No camera? Enter this key in the app:',
    here: 'Open it in an app on this device',
    code: 'Code from the app',
    submit: 'Set up',
    cancel: 'Not now',
    wrong:
      'This is not the code that the app shows now. Check that your phone sets its clock by itself, and enter the next code.',
  },

  recoveryCodes: {
    title: 'Your recovery codes',
    lead: 'Keep them where you find them without your phone: on paper, or in a password manager. They are shown only now.',
    each: 'Each works once, in place of your app or passkey. New codes end the old ones.',
    others: 'All other browsers are signed out.',
    done: 'I have saved them',
  },

  removeFactor: {
    title: 'Remove your last second factor?',
    lead: 'This is your last second factor. Without it your password alone lets in anybody who knows it, and your recovery codes end.',
    password: 'Your password',
    submit: 'Remove it',
    cancel: 'Keep it',
    problems: {
      wrongPassword: 'The password is wrong.',
      shortPassword: phrase(
        'Your password is too short to be the only thing that protects you. Change it first: at least {minLength} characters.',
      ),
      tooManyAttempts: phrase('Too many attempts. Please try again {when}.'),
    },
  },

  undo: {
    title: 'Undo this change?',
    lead: 'Somebody changed how you sign in. If it was not you, put it back as it was before, and with it what was changed later. Every browser is signed out then, and all programs end unless you choose otherwise.',
    changed: 'Changed',
    changes: {
      title: 'What was changed, and will be put back',
      passkeysAdded: phrase('Passkeys added: {count}. They will be removed.'),
      passkeysRemoved: phrase('Passkeys removed: {count}. They will work again.'),
      app: {
        added: 'An authenticator app was set up. It will be removed.',
        replaced: 'The authenticator app was replaced. The former one will work again.',
        removed: 'The authenticator app was removed. It will work again.',
      },
      recoveryCodes: {
        made: 'New recovery codes were made. The former ones will work again.',
        ended: 'The recovery codes were ended. They will work again.',
      },
      recoveryCodesUsed: phrase('Recovery codes used: {count}. They will work again.'),
      linked: phrase('{provider} was linked. It will let nobody in any more.'),
      unlinked: phrase('{provider} was unlinked. It will let you in again.'),
      nothing: 'By now you sign in as before the change. Every browser will be signed out all the same.',
    },
    programsHint:
      'Whoever made this change may have approved a program of their own. Each that ends must be approved again.',
    submit: 'Put it back',
    otherwise: 'If it was you, there is nothing to do: close this page.',
    done: {
      title: 'You sign in as before',
      text: 'Every browser is signed out. Sign in, change your password if you have one, and look at your programs and at what happened in your account.',
      programsEnded:
        'Every browser is signed out, and all programs and keys are ended. Sign in, change your password if you have one, and look at what happened in your account.',
    },
    over: {
      title: 'This link is over',
      text: 'It was used, is older than 7 days, or another one put everything back. If you cannot sign in, ask whoever runs this service.',
    },
  },
};
