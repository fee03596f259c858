/** The English texts; their type is that of every other language. Plain text, never HTML. */
export const en = {
  lang: 'en',
  problemPrefix: 'Problem:',
  standingAdvice:
    'A code comes only from a program you started yourself. If somebody sent you one, do not use it.',
  email: 'Email',
  password: 'Password',
  signedInAs: 'Signed in as',
  notYou: 'Not you? Sign out',
  toDevice: 'Enter a code',

  reveal: { show: 'Show the password', hide: 'Hide the password' },

  passwordFaults: {
    tooShort: (characters: number) =>
      `A password has at least ${characters} characters here. A few unrelated words are good.`,
    tooLong: () => 'A password has at most 256 characters here.',
    common: () => 'Many people use this password, so it is guessed first. Please choose another one.',
    repeats: () =>
      'This repeats or counts up a few characters, which is easy to guess. Please choose another one.',
    ownWords: () =>
      'This is made of your address or the name of this service, which is easy to guess. Please choose another one.',
  },

  /** Shown where a code is entered, while the operator lets no login start. */
  switchedOff: 'New logins are switched off here. What has started already can still be approved.',

  enterCode: {
    title: 'Enter the code',
    lead: 'Your program shows a code of eight letters. You will see which program asks before you approve anything.',
    label: 'Code',
    hint: 'Capitals, spaces and the dash do not matter.',
    submit: 'Continue',
    problems: {
      unknown: 'There is no such code. Please compare it with the one your program shows.',
      expired: 'This code has expired. Start again in your program to get a new one.',
      used: 'This code has already been used. Start again in your program to get a new one.',
      malformed: 'This is not a complete code. It has eight letters, and no digits or vowels.',
      tooManyGuesses: 'Too many codes did not match. Please wait up to 15 minutes, then try again.',
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
    keyEnds: (when: string) => `ends ${when}`,
    ends: 'Ends',
    endsUnused: (when: string) => `${when}, if it is not used until then`,
    endsByYou: 'when you end it',
    registered: 'registered',
    end: 'End',
    notMe: 'This was not me',
    ways: 'Either ends its access and its keys. “This was not me” also says what to do when somebody else may be signed in as you.',
    endAll: 'End all programs and keys',
    endAllWarning: 'Every program of yours stops, and each must be approved again. This cannot be undone.',
    newer: 'Used more recently',
    older: 'Used less recently',
    pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
    done: {
      ended: 'Ended. It cannot act for you any more.',
      endedAll: 'Ended. No program and no key can act for you any more.',
      notMe:
        'Ended, with everything that came from that code. Somebody may know how to sign in as you. What helps now:',
    },
    endSessions: 'End your other sessions',
  },

  signIn: {
    title: 'Sign in',
    forCode: (code: string) => `to decide about the code ${code}`,
    submit: 'Sign in',
    through: (provider: string) => `Sign in with ${provider}`,
    or: 'or with email and password',
    noAccount: 'New here?',
    toSignUp: 'Create an account',
    problems: {
      wrongCredentials: 'Email and password do not match. Please try again.',
      tooManyAttempts: 'Too many attempts. Please wait up to 15 minutes, then try again.',
      invalidInput: 'Please enter your email address and your password.',
      blocked: 'Your account is blocked. Ask whoever runs this service.',
    },
  },

  signInFailure: {
    title: 'You are not signed in',
    back: 'Back to sign-in',
    reasons: {
      declined: (provider: string) =>
        `You did not agree at ${provider}, so nothing happened. Sign in again if that was a mistake.`,
      unmatched: () =>
        'This answer does not belong to a sign-in that was started in this browser. Please start again, and allow cookies for this site.',
      expired: () =>
        'It took longer than ten minutes, so for your safety the sign-in is no longer valid. Please start again.',
      spent: () => 'This sign-in was used already, perhaps in another tab. Please start again.',
      emailTaken: (provider: string) =>
        `The email address that ${provider} gave belongs to an account that signs in another way. Please sign in the way you did before.`,
      noEmail: (provider: string) =>
        `${provider} did not confirm an email address of yours, and a new account needs one. Confirm your address there, or sign in another way.`,
      untrusted: (provider: string) =>
        `The answer of ${provider} did not pass our checks, so we did not use it. Please start again; if it happens again, tell the operator of this service.`,
      providerDown: (provider: string) =>
        `${provider} does not answer at the moment. Please try again in a few minutes, or sign in another way. Your code stays valid until it expires.`,
      busy: () => 'Your account is being created in another tab. Please sign in again in a moment.',
      blocked: () => 'Your account is blocked. Ask whoever runs this service.',
    },
  },

  signedIn: { title: 'You are signed in', next: 'Continue' },

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
      tooManyAttempts: 'Too many attempts. Please wait up to 15 minutes, then try again.',
    },
  },

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
      tooManyAttempts: 'Too many attempts. Please wait up to 15 minutes, then try again.',
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
        text: 'It was used already, is older than an hour, a newer one was sent, or the password was changed since. Nothing was changed.',
      },
      taken: {
        title: 'Another account has this address',
        text: 'An address belongs to one account. Nothing was changed.',
      },
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
      tooManyAttempts: 'Too many links were asked for from your network. Please wait up to an hour.',
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

  signUp: {
    title: 'Create an account',
    forCode: (code: string) => `to decide about the code ${code}`,
    submit: 'Create account',
    firstName: 'First name (optional)',
    lastName: 'Last name (optional)',
    passwordHint: (characters: number) =>
      `At least ${characters} characters. A few unrelated words are good.`,
    haveAccount: 'Already have an account?',
    toSignIn: 'Sign in',
    problems: {
      emailTaken: 'There is already an account with this email address. Sign in instead?',
      invalidEmail: 'This does not look like an email address. Please check it.',
      invalidName: 'A name has at most 80 characters, on one line. Please check it.',
      tooManyAttempts: 'Too many attempts. Please wait up to an hour, then try again.',
    },
  },

  confirm: {
    title: 'Is this the code your program shows?',
    lead: 'Compare every letter. If your program shows another code, or you see no program at all, deny.',
    weSaw: 'What we saw',
    registeredAs: 'Registered as',
    forService: 'For the service',
    asksFor: 'Asks for',
    address: 'Address',
    asked: 'Asked',
    itSays: 'What it says of itself',
    unverified: 'not verified',
    saysNothing: 'Nothing.',
    name: 'Name',
    software: 'Software',
    sameNetwork: 'It asked from the same network as this browser.',
    otherNetwork:
      'It asked from another network than this browser. That is normal for a remote machine or a VPN. If you know of neither, deny.',
    ifYouApprove: (account: string) => `If you approve, the program can act as ${account}.`,
    numberLegend: 'Which number does your program show?',
    numberHint: 'If it shows none of these, or somebody told you a number, deny. A wrong one denies.',
    lifetime: 'How long its keys are good',
    lifetimes: ['1 day', '30 days', '1 year'],
    endless: (unusedDays: number | null) =>
      unusedDays === null ? 'Until you end it' : `Until unused for ${unusedDays} days`,
    gets: 'It gets',
    given: 'the whole account',
    onlyIdentity: (name: string) => `only ${name}`,
    noEnd: (unusedDays: number | null) =>
      unusedDays === null ? 'until you end it' : `until it is unused for ${unusedDays} days`,
    change: 'Change',
    access: 'What it may use',
    pleaseChoose: 'Please choose',
    wholeAccount: 'The whole account',
    anyIdentity: (identities: number) => `The whole account, as any of its ${identities} identities`,
    identityAlone: 'One identity and nothing else',
    accountWith: 'The whole account, and first of all as',
    newIdentity: 'A new identity, created when you approve',
    newIdentityName: 'Name, if the identity is a new one (optional)',
    onlyYours: 'Only approve if you started this yourself, just now.',
    approve: 'Approve',
    deny: 'Deny',
    problems: {
      numberNeeded: 'Please pick the number that your program shows.',
      noDecision: 'Please choose Deny or Approve.',
      unknownIdentity: 'This identity is no longer there. Please choose again.',
      identityNeeded: 'Please choose an identity for the program, or give it the whole account.',
      nameWithoutNewIdentity:
        'You gave a name for a new identity, but chose an existing one. Choose the new one, or clear the name.',
      tooManyIdentities: 'This account cannot have more identities. Please choose one of yours.',
    },
  },

  qr: {
    title: 'Scan with your phone',
    lead: 'Only for a program that you started yourself. Your phone shows the code again: compare it.',
    picture: 'QR code of the page on which you decide',
    orOpen: 'No camera? Enter the code at',
  },

  result: {
    calledItself: (name: string) => `The program called itself “${name}”.`,
    collected: 'Your program has signed in. You can close this page.',
    aborted:
      'The program got no access: its credentials could not be made. Start the login again in your program.',
    gone: 'This code is no longer valid. Your program shows whether it has signed in. You can close this page.',
    approved: {
      title: 'Approved',
      text: 'Your program goes on by itself. You can close this page.',
    },
    /** The link that follows has the title of that page. */
    endLater: 'Not you, or no longer wanted? End it at any time:',
    denied: {
      title: 'Denied',
      text: 'The program got no access. If you did not start it, there is nothing more to do.',
    },
    alreadyApproved: {
      title: 'Already approved',
      text: 'This code was approved before, perhaps in another tab. Nothing has changed now.',
    },
    wrongNumber: {
      title: 'Denied: another number',
      text: 'Your program shows another number than the one you picked, so it got no access. If it is yours, start again in it.',
    },
    alreadyDenied: {
      title: 'Already denied',
      text: 'This code was denied before, and the program got no access. Nothing has changed now.',
    },
    expired: {
      title: 'This code has expired',
      text: 'Codes are short-lived to keep you safe. Start again in your program to get a new one.',
    },
  },

  message: {
    status: 'Status',
    reference: 'Reference',
    tryAgain: (when: string) => `Please try again ${when}.`,
    notFound: { title: 'There is nothing here', text: 'The address may be mistyped.' },
    forbidden: {
      title: 'This page has gone stale',
      text: 'It was open for too long, or you signed out meanwhile. Nothing was changed. Please start again.',
    },
    badRequest: {
      title: 'We could not read that',
      text: 'The form arrived incomplete. Nothing was changed. Please start again.',
    },
    tooMany: {
      title: 'A little slower, please',
      text: 'Too many requests came from your network. Nothing was changed.',
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

  home: {
    pageTitle: 'Device sign-in',
    title: 'Sign in a program that has no browser',
    lead: 'An agent or command-line tool shows you a code. Enter it here, see which program asks, and decide.',
    developers: 'For developers',
    startComment: 'ask for a code, and show user_code to your human',
    waitComment: 'wait for the decision',
  },
};

/** The texts of all pages, in one language. */
export type Texts = typeof en;
