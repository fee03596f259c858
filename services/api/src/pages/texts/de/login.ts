import { phrase } from '../phrase.ts';
import type { login as en } from '../en/login.ts';

export const login: typeof en = {
  switchedOff: 'Neue Anmeldungen sind hier abgeschaltet. Was schon begonnen hat, kann noch bestätigt werden.',

  enterCode: {
    title: 'Code eingeben',
    lead: 'Ihr Programm zeigt einen Code aus acht Buchstaben. Bevor Sie etwas erlauben, sehen Sie, welches Programm fragt.',
    label: 'Code',
    hint: 'Großschreibung, Leerzeichen und Strich spielen keine Rolle.',
    submit: 'Weiter',
    problems: {
      unknown: 'Diesen Code gibt es nicht. Bitte vergleichen Sie ihn mit dem, den Ihr Programm zeigt.',
      expired: 'Dieser Code ist abgelaufen. Ihr Programm gibt Ihnen einen neuen, wenn Sie neu beginnen.',
      used: 'Dieser Code wurde schon verwendet. Ihr Programm gibt Ihnen einen neuen, wenn Sie neu beginnen.',
      malformed: 'Das ist kein vollständiger Code. Er hat acht Buchstaben, keine Ziffern und keine Vokale.',
      tooManyGuesses:
        'Zu viele Codes passten nicht. Bitte warten Sie bis zu 15 Minuten und versuchen Sie es dann noch einmal.',
    },
  },

  confirm: {
    title: 'Zeigt Ihr Programm diesen Code?',
    lead: 'Vergleichen Sie jeden Buchstaben. Zeigt Ihr Programm einen anderen Code, oder sehen Sie gar kein Programm, lehnen Sie ab.',
    weSaw: 'Was wir gesehen haben',
    registeredAs: 'Registriert als',
    forService: 'Für den Dienst',
    asksFor: 'Bittet um',
    address: 'Adresse',
    asked: 'Gefragt',
    itSays: 'Was es über sich sagt',
    unverified: 'nicht geprüft',
    saysNothing: 'Nichts.',
    name: 'Name',
    software: 'Software',
    sameNetwork: 'Es fragte aus demselben Netz wie dieser Browser.',
    otherNetwork:
      'Es fragte aus einem anderen Netz als dieser Browser. Bei einem entfernten Rechner oder VPN ist das normal. Kennen Sie keines von beiden, lehnen Sie ab.',
    ifYouApprove: phrase('Wenn Sie es erlauben, kann das Programm als {account} handeln.'),
    numberLegend: 'Welche Zahl zeigt Ihr Programm?',
    numberHint:
      'Zeigt es keine davon, oder hat Ihnen jemand eine Zahl genannt, lehnen Sie ab. Eine falsche lehnt ab.',
    lifetime: 'Wie lange seine Schlüssel gelten',
    lifetimes: ['1 Tag', '30 Tage', '1 Jahr'],
    endless: 'Bis Sie es beenden',
    endlessIfUsed: phrase('Bis {days} Tage unbenutzt'),
    gets: 'Es bekommt',
    given: 'das ganze Konto',
    onlyIdentity: phrase('nur {name}'),
    noEnd: 'bis Sie es beenden',
    noEndIfUsed: phrase('bis es {days} Tage nicht benutzt wird'),
    change: 'Ändern',
    access: 'Was es nutzen darf',
    pleaseChoose: 'Bitte wählen',
    wholeAccount: 'Das ganze Konto',
    anyIdentity: phrase('Das ganze Konto, mit jeder der {identities} Identitäten'),
    identityAlone: 'Eine Identität und sonst nichts',
    accountWith: 'Das ganze Konto, und zuerst als',
    newIdentity: 'Eine neue Identität, die beim Erlauben entsteht',
    newIdentityName: 'Name, falls die Identität neu ist (freiwillig)',
    onlyYours: 'Erlauben Sie es nur, wenn Sie es gerade eben selbst gestartet haben.',
    approve: 'Erlauben',
    deny: 'Ablehnen',
    problems: {
      numberNeeded: 'Bitte wählen Sie die Zahl, die Ihr Programm zeigt.',
      noDecision: 'Bitte wählen Sie Ablehnen oder Erlauben.',
      unknownIdentity: 'Diese Identität gibt es nicht mehr. Bitte wählen Sie noch einmal.',
      identityNeeded: 'Bitte wählen Sie eine Identität für das Programm, oder erlauben Sie das ganze Konto.',
      nameWithoutNewIdentity:
        'Sie haben einen Namen für eine neue Identität angegeben, aber eine vorhandene gewählt. Wählen Sie die neue, oder löschen Sie den Namen.',
      tooManyIdentities: 'Dieses Konto kann nicht mehr Identitäten haben. Bitte wählen Sie eine vorhandene.',
    },
  },

  qr: {
    title: 'Mit dem Telefon scannen',
    lead: 'Nur für ein Programm, das Sie selbst gestartet haben. Ihr Telefon zeigt den Code noch einmal: Vergleichen Sie ihn.',
    picture: 'QR-Code der Seite, auf der Sie entscheiden',
    orOpen: 'Keine Kamera? Geben Sie den Code hier ein:',
  },

  result: {
    calledItself: phrase('Das Programm nannte sich „{name}“.'),
    collected: 'Ihr Programm ist angemeldet. Sie können diese Seite schließen.',
    aborted:
      'Das Programm bekam keinen Zugriff: seine Zugangsdaten konnten nicht erstellt werden. Beginnen Sie die Anmeldung im Programm noch einmal.',
    gone: 'Dieser Code gilt nicht mehr. Ihr Programm zeigt, ob es angemeldet ist. Sie können diese Seite schließen.',
    approved: {
      title: 'Erlaubt',
      text: 'Ihr Programm macht von selbst weiter. Sie können diese Seite schließen.',
    },
    endLater: 'Waren Sie das nicht, oder soll es nicht länger? Jederzeit zu beenden unter:',
    denied: {
      title: 'Abgelehnt',
      text: 'Das Programm bekam keinen Zugriff. Haben Sie es nicht gestartet, ist nichts weiter zu tun.',
    },
    alreadyApproved: {
      title: 'Schon erlaubt',
      text: 'Dieser Code wurde schon vorher erlaubt, vielleicht in einem anderen Tab. Jetzt hat sich nichts geändert.',
    },
    wrongNumber: {
      title: 'Abgelehnt: eine andere Zahl',
      text: 'Ihr Programm zeigt eine andere Zahl als die gewählte, deshalb bekam es keinen Zugriff. Ist es Ihres, beginnen Sie darin neu.',
    },
    alreadyDenied: {
      title: 'Schon abgelehnt',
      text: 'Dieser Code wurde schon vorher abgelehnt, das Programm bekam keinen Zugriff. Jetzt hat sich nichts geändert.',
    },
    expired: {
      title: 'Dieser Code ist abgelaufen',
      text: 'Codes gelten zu Ihrer Sicherheit nur kurz. Ihr Programm gibt Ihnen einen neuen, wenn Sie neu beginnen.',
    },
  },

  home: {
    pageTitle: 'Geräteanmeldung',
    title: 'Ein Programm ohne Browser anmelden',
    lead: 'Ein Agent oder Kommandozeilenprogramm zeigt Ihnen einen Code. Geben Sie ihn hier ein, sehen Sie, welches Programm fragt, und entscheiden Sie.',
    developers: 'Für Entwickler',
    startComment: 'einen Code holen und dem Menschen user_code zeigen',
    waitComment: 'auf die Entscheidung warten',
  },
};
