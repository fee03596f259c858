import { phrase } from '../phrase.ts';

export const login = {
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
    ifYouApprove: phrase('If you approve, the program can act as {account}.'),
    numberLegend: 'Which number does your program show?',
    numberHint: 'If it shows none of these, or somebody told you a number, deny. A wrong one denies.',
    lifetime: 'How long its keys are good',
    lifetimes: ['1 day', '30 days', '1 year'],
    endless: 'Until you end it',
    endlessIfUsed: phrase('Until unused for {days} days'),
    gets: 'It gets',
    given: 'the whole account',
    onlyIdentity: phrase('only {name}'),
    noEnd: 'until you end it',
    noEndIfUsed: phrase('until it is unused for {days} days'),
    change: 'Change',
    access: 'What it may use',
    pleaseChoose: 'Please choose',
    wholeAccount: 'The whole account',
    anyIdentity: phrase('The whole account, as any of its {identities} identities'),
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
    calledItself: phrase('The program called itself “{name}”.'),
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

  home: {
    pageTitle: 'Device sign-in',
    title: 'Sign in a program that has no browser',
    lead: 'An agent or command-line tool shows you a code. Enter it here, see which program asks, and decide.',
    developers: 'For developers',
    startComment: 'ask for a code, and show user_code to your human',
    waitComment: 'wait for the decision',
  },
};
