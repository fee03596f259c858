import { phrase } from '@ravi/runtime';

export const signingIn = {
  signIn: {
    title: 'Sign in',
    forCode: phrase('to decide about the code {code}'),
    submit: 'Sign in',
    through: phrase('Sign in with {provider}'),
    or: 'or with email and password',
    noAccount: 'New here?',
    toSignUp: 'Create an account',
    problems: {
      wrongCredentials: 'Email and password do not match. Please try again.',
      tooManyAttempts: phrase('Too many attempts. Please try again {when}.'),
      invalidInput: 'Please enter your email address and your password.',
      blocked: 'Your account is blocked. Ask whoever runs this service.',
    },
  },

  signInFailure: {
    title: 'You are not signed in',
    notLinked: 'The provider was not linked',
    back: 'Back to sign-in',
    reasons: {
      declined: phrase(
        'You did not agree at {provider}, so nothing happened. Sign in again if that was a mistake.',
      ),
      unmatched: phrase(
        'This answer does not belong to a sign-in that was started in this browser. Please start again, and allow cookies for this site.',
      ),
      expired: phrase(
        'It took longer than ten minutes, so for your safety the sign-in is no longer valid. Please start again.',
      ),
      spent: phrase('This sign-in was used already, perhaps in another tab. Please start again.'),
      emailTaken: phrase(
        'The email address that {provider} gave belongs to an account that signs in another way. Please sign in the way you did before. After that you can link {provider} to it, under “How you sign in”.',
      ),
      noEmail: phrase(
        '{provider} did not confirm an email address of yours, and a new account needs one. Confirm your address there, or sign in another way.',
      ),
      untrusted: phrase(
        'The answer of {provider} did not pass our checks, so we did not use it. Please start again; if it happens again, tell the operator of this service.',
      ),
      notAskedAgain: phrase(
        '{provider} did not ask you again who you are, so nothing was changed here. Sign out at {provider}, then try again; if it happens again, tell the operator of this service.',
      ),
      providerDown: phrase(
        '{provider} does not answer at the moment. Please try again in a few minutes, or sign in another way. Your code stays valid until it expires.',
      ),
      busy: phrase('Your account is being created in another tab. Please sign in again in a moment.'),
      blocked: phrase('Your account is blocked. Ask whoever runs this service.'),
      linkedElsewhere: phrase(
        'Who you are at {provider} already signs in to another account here, so it was not linked. Sign in with {provider} to reach that account; unlink it or delete the account there, then come back.',
      ),
      tooManyLinks: phrase(
        'This account has as many providers as it can have. Unlink one before you link {provider}.',
      ),
      linkBusy: phrase('{provider} is being linked in another tab. Please try again in a moment.'),
      otherSession: phrase(
        'You signed out or signed in as somebody else meanwhile, so {provider} was not linked. Please start again.',
      ),
    },
  },

  signedIn: { title: 'You are signed in', next: 'Continue' },

  signUp: {
    title: 'Create an account',
    forCode: phrase('to decide about the code {code}'),
    submit: 'Create account',
    emailHint: 'We send a link there, to confirm that it is yours.',
    firstName: 'First name (optional)',
    lastName: 'Last name (optional)',
    passwordHint: phrase('At least {characters} characters. A few unrelated words are good.'),
    haveAccount: 'Already have an account?',
    toSignIn: 'Sign in',
    signInInstead: 'Sign in instead',
    problems: {
      emailTaken: 'There is already an account with this email address.',
      invalidEmail: 'This does not look like an email address. Please check it.',
      invalidName: 'A name has at most 80 characters, on one line. Please check it.',
      tooManyAttempts: phrase('Too many attempts. Please try again {when}.'),
    },
  },
};
