import { phrase } from '@ravi/runtime';
import type { common as en } from '../en/common.ts';

export const common: typeof en = {
  lang: 'de',
  dir: 'ltr',
  languageName: 'Deutsch',
  problemPrefix: 'Problem:',
  standingAdvice:
    'Ein Code kommt nur von einem Programm, das Sie selbst gestartet haben. Hat Ihnen jemand einen geschickt, verwenden Sie ihn nicht.',
  email: 'E-Mail',
  password: 'Passwort',
  signedInAs: 'Angemeldet als',
  notYou: 'Nicht Sie? Abmelden',
  toDevice: 'Code eingeben',
  toAccount: 'Ihr Konto',
  signedOut: 'Sie sind abgemeldet.',
  colon: ':',
  languages: 'Sprache',

  links: { terms: 'Nutzungsbedingungen', privacy: 'Datenschutz', imprint: 'Impressum', support: 'Hilfe' },

  reveal: { show: 'Passwort zeigen', hide: 'Passwort verbergen' },

  message: {
    status: 'Status',
    reference: 'Kennung',
    tryAgain: phrase('Bitte versuchen Sie es {when} noch einmal.'),
    again: 'Noch einmal versuchen',
    notFound: { title: 'Hier ist nichts', text: 'Vielleicht ist die Adresse falsch geschrieben.' },
    forbidden: {
      title: 'Diese Seite ist veraltet',
      text: 'Sie war zu lange offen, oder Sie haben sich inzwischen abgemeldet. Nichts wurde geändert. Bitte beginnen Sie neu.',
    },
    noCookie: {
      title: 'Ihr Browser hat kein Cookie gesendet',
      text: 'Er blockiert Cookies für diese Website, und ohne kann sich niemand anmelden: Erlauben Sie sie und versuchen Sie es noch einmal. War die Seite länger als eine Stunde offen, versuchen Sie es einfach noch einmal.',
    },
    badRequest: {
      title: 'Das konnten wir nicht lesen',
      text: 'Das Formular kam unvollständig an. Nichts wurde geändert. Bitte beginnen Sie neu.',
    },
    tooMany: {
      title: 'Bitte etwas langsamer',
      text: 'Von Ihnen oder aus Ihrem Netz kamen zu viele Anfragen. Nichts wurde geändert.',
    },
    unavailable: {
      title: 'Wir sind gleich wieder da',
      text: 'Der Dienst kann im Augenblick nicht antworten. Ihr Code gilt weiter, bis er abläuft.',
    },
    internal: {
      title: 'Bei uns ist etwas schiefgegangen',
      text: 'Es liegt nicht an Ihnen. Bitte versuchen Sie es noch einmal; geschieht es wieder, geben Sie die Kennung unten weiter.',
    },
    crossSite: {
      title: 'Das kam von einer anderen Website',
      text: 'Eine andere Website wollte in Ihrem Namen handeln, deshalb haben wir es verhindert. Nichts wurde geändert.',
    },
  },
};
