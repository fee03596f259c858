import { phrase } from '@ravi/runtime';
import type { signingIn as en } from '../en/signing-in.ts';

export const signingIn: typeof en = {
  signIn: {
    title: 'Anmelden',
    forCode: phrase('um über den Code {code} zu entscheiden'),
    submit: 'Anmelden',
    through: phrase('Mit {provider} anmelden'),
    or: 'oder mit E-Mail und Passwort',
    noAccount: 'Neu hier?',
    toSignUp: 'Konto anlegen',
    problems: {
      wrongCredentials: 'E-Mail und Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal.',
      tooManyAttempts: phrase('Zu viele Versuche. Bitte versuchen Sie es {when} noch einmal.'),
      invalidInput: 'Bitte geben Sie Ihre E-Mail-Adresse und Ihr Passwort ein.',
      blocked: 'Ihr Konto ist gesperrt. Fragen Sie den Betreiber dieses Dienstes.',
    },
  },

  signInFailure: {
    title: 'Sie sind nicht angemeldet',
    notLinked: 'Der Anbieter wurde nicht verknüpft',
    back: 'Zurück zur Anmeldung',
    reasons: {
      declined: phrase(
        'Sie haben bei {provider} nicht zugestimmt, also ist nichts geschehen. War das ein Versehen, melden Sie sich noch einmal an.',
      ),
      unmatched: phrase(
        'Diese Antwort gehört zu keiner Anmeldung, die in diesem Browser begonnen wurde. Bitte beginnen Sie neu und erlauben Sie dieser Website Cookies.',
      ),
      expired: phrase(
        'Es dauerte länger als zehn Minuten; zu Ihrer Sicherheit gilt die Anmeldung nicht mehr. Bitte beginnen Sie neu.',
      ),
      spent: phrase(
        'Diese Anmeldung wurde schon verwendet, vielleicht in einem anderen Tab. Bitte beginnen Sie neu.',
      ),
      emailTaken: phrase(
        'Die E-Mail-Adresse, die {provider} nannte, gehört zu einem Konto mit einer anderen Anmeldung. Bitte melden Sie sich an wie bisher. Danach können Sie {provider} unter „So melden Sie sich an“ damit verknüpfen.',
      ),
      noEmail: phrase(
        '{provider} hat keine E-Mail-Adresse von Ihnen bestätigt, und ein neues Konto braucht eine. Bestätigen Sie Ihre Adresse dort, oder melden Sie sich anders an.',
      ),
      untrusted: phrase(
        'Die Antwort von {provider} bestand unsere Prüfung nicht und wurde nicht verwendet. Bitte beginnen Sie neu; geschieht es wieder, sagen Sie es dem Betreiber dieses Dienstes.',
      ),
      notAskedAgain: phrase(
        '{provider} hat Sie nicht noch einmal gefragt, wer Sie sind; deshalb wurde hier nichts geändert. Melden Sie sich bei {provider} ab und versuchen Sie es dann noch einmal; geschieht es wieder, sagen Sie es dem Betreiber dieses Dienstes.',
      ),
      providerDown: phrase(
        '{provider} antwortet im Augenblick nicht. Bitte versuchen Sie es in einigen Minuten noch einmal, oder melden Sie sich anders an. Ihr Code gilt weiter, bis er abläuft.',
      ),
      busy: phrase(
        'Ihr Konto wird gerade in einem anderen Tab angelegt. Bitte melden Sie sich gleich noch einmal an.',
      ),
      blocked: phrase('Ihr Konto ist gesperrt. Fragen Sie den Betreiber dieses Dienstes.'),
      linkedElsewhere: phrase(
        'Mit Ihrem Zugang bei {provider} meldet sich hier schon ein anderes Konto an, deshalb wurde er nicht verknüpft. Mit {provider} kommen Sie in dieses Konto; heben Sie dort die Verknüpfung auf oder löschen Sie es, und kommen Sie dann zurück.',
      ),
      tooManyLinks: phrase(
        'Dieses Konto hat so viele Anbieter, wie es haben kann. Heben Sie eine Verknüpfung auf, bevor Sie {provider} verknüpfen.',
      ),
      linkBusy: phrase(
        '{provider} wird gerade in einem anderen Tab verknüpft. Bitte versuchen Sie es gleich noch einmal.',
      ),
      otherSession: phrase(
        'Sie haben sich inzwischen abgemeldet oder als jemand anders angemeldet, deshalb wurde {provider} nicht verknüpft. Bitte beginnen Sie neu.',
      ),
    },
  },

  signedIn: { title: 'Sie sind angemeldet', next: 'Weiter' },

  signUp: {
    title: 'Konto anlegen',
    forCode: phrase('um über den Code {code} zu entscheiden'),
    submit: 'Konto anlegen',
    emailHint: 'Dorthin senden wir einen Link, mit dem Sie bestätigen, dass sie Ihre ist.',
    firstName: 'Vorname (freiwillig)',
    lastName: 'Nachname (freiwillig)',
    passwordHint: phrase('Mindestens {characters} Zeichen. Gut sind einige Wörter ohne Zusammenhang.'),
    haveAccount: 'Sie haben schon ein Konto?',
    toSignIn: 'Anmelden',
    signInInstead: 'Stattdessen anmelden',
    problems: {
      emailTaken: 'Mit dieser E-Mail-Adresse gibt es schon ein Konto.',
      invalidEmail: 'Das sieht nicht nach einer E-Mail-Adresse aus. Bitte prüfen Sie sie.',
      invalidName: 'Ein Name hat höchstens 80 Zeichen, auf einer Zeile. Bitte prüfen Sie ihn.',
      tooManyAttempts: phrase('Zu viele Versuche. Bitte versuchen Sie es {when} noch einmal.'),
    },
  },
};
