import { phrase } from '@ravi/runtime';
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
      malformed: 'Das ist kein Code. Ein Code hat acht Buchstaben, keine Ziffern und keine Vokale.',
      impossible: phrase(
        'Kein Code enthält {characters}: Ein Code hat acht Buchstaben, keine Ziffern und keine Vokale.',
      ),
      wrongLength: phrase('Ein Code hat acht Buchstaben; dieser hat {letters}. Bitte vergleichen Sie sie.'),
      tooManyGuesses: phrase('Zu viele Codes passten nicht. Bitte versuchen Sie es {when} noch einmal.'),
    },
  },

  confirm: {
    title: 'Zeigt Ihr Programm diesen Code?',
    lead: 'Vergleichen Sie jeden Buchstaben. Zeigt Ihr Programm einen anderen Code, oder sehen Sie gar kein Programm, lehnen Sie ab.',
    titleElsewhere: 'Haben Sie gerade ein Programm gestartet?',
    leadElsewhere: 'Nur wenn es genau diesen Code zeigt, ist es Ihres. Sonst lehnen Sie ab.',
    weSaw: 'Was wir gesehen haben',
    forService: 'Für den Dienst',
    asksFor: 'Bittet um',
    scopes: { account: 'Ihr ganzes Konto', identity: 'Eine Ihrer Identitäten' },
    address: 'Adresse',
    country: 'Land',
    asked: 'Gefragt',
    goodUntil: 'Gilt bis',
    itSays: 'Was es über sich sagt',
    unverified: 'nicht geprüft',
    verified: 'Geprüft',
    sameKey: phrase('Es hat denselben Schlüssel wie das Programm, das Sie {when} erlaubt haben.'),
    saysNothing: 'Nichts.',
    name: 'Name',
    software: 'Software',
    sameNetwork: 'Es fragte aus demselben Netz wie dieser Browser.',
    otherNetwork:
      'Es fragte aus einem anderen Netz als dieser Browser. So ist es bei einem entfernten Rechner, einem VPN oder mobilen Daten am Telefon.',
    sentToYou: 'Hat Ihnen jemand diesen Code geschickt? Lehnen Sie ab: Er wäre dann als Sie angemeldet.',
    numberLegend: 'Welche Zahl zeigt Ihr Programm?',
    numberHint:
      'Zeigt es keine davon, oder hat Ihnen jemand eine Zahl genannt, lehnen Sie ab. Eine falsche Zahl lehnt die Anmeldung ab.',
    lifetime: 'Wie lange seine Schlüssel gelten',
    lifetimes: ['1 Tag', '30 Tage', '1 Jahr'],
    endless: 'Bis Sie es beenden',
    endlessIfUsed: phrase('Solange es mindestens einmal in {days} Tagen benutzt wird'),
    gets: 'Wenn Sie erlauben, bekommt es',
    given: phrase('das ganze Konto {account}'),
    givenFirstAs: phrase('das ganze Konto {account}, zuerst als {name}'),
    onlyIdentity: phrase('nur die Identität {name}'),
    ofAccount: phrase('Aus Ihrem Konto {account}:'),
    forTime: phrase('für {time}'),
    keysForTime: phrase('seine Schlüssel für {time}'),
    noEnd: 'bis Sie es beenden',
    noEndIfUsed: phrase('solange es mindestens einmal in {days} Tagen benutzt wird'),
    change: 'Ändern',
    access: 'Was es nutzen darf',
    pleaseChoose: 'Bitte wählen',
    wholeAccount: 'Das ganze Konto',
    anyIdentity: phrase('Das ganze Konto, mit jeder der {identities} Identitäten'),
    identityAlone: 'Eine Identität und sonst nichts',
    accountWith: 'Das ganze Konto, und zuerst als',
    newIdentity: 'Eine neue Identität, die beim Erlauben entsteht',
    newIdentityName: 'Name der neuen Identität (freiwillig)',
    onlyYours: 'Erlauben Sie es nur, wenn Sie es gerade eben selbst gestartet haben.',
    approve: 'Erlauben',
    deny: 'Ablehnen',
    problems: {
      numberNeeded: 'Bitte wählen Sie die Zahl, die Ihr Programm zeigt.',
      noDecision: 'Bitte wählen Sie Ablehnen oder Erlauben.',
      unknownIdentity: 'Diese Identität gibt es nicht mehr. Bitte wählen Sie noch einmal.',
      identityNeeded: 'Bitte wählen Sie eine Identität für das Programm, oder erlauben Sie das ganze Konto.',
      nameWithoutNewIdentity:
        'Sie haben einen Namen für eine neue Identität angegeben, aber etwas anderes gewählt. Wählen Sie die neue Identität, oder löschen Sie den Namen.',
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
    program: 'Programm',
    account: 'Konto',
    gets: 'Bekommt',
    approved: { title: 'Erlaubt' },
    denied: { title: 'Abgelehnt' },
    wrongNumber: { title: 'Abgelehnt: eine andere Zahl' },
    approvedByYou: phrase('Von Ihnen {when} erlaubt'),
    deniedByYou: phrase('Von Ihnen {when} abgelehnt'),
    states: {
      waiting: 'Ihr Programm macht von selbst weiter. Sie können diese Seite schließen.',
      late: 'Das Programm hat seinen Zugriff noch nicht abgeholt. Sehen Sie nach, ob es noch läuft. Ist es beendet, beginnen Sie darin neu.',
      collected: 'Ihr Programm ist angemeldet. Sie können diese Seite schließen.',
      neverCame:
        'Das Programm hat seinen Zugriff nie abgeholt und deshalb keinen. Soll es ihn bekommen, beginnen Sie darin neu.',
      aborted:
        'Das Programm bekam keinen Zugriff: seine Zugangsdaten konnten nicht erstellt werden. Beginnen Sie die Anmeldung im Programm noch einmal.',
      past: 'Das ist eine Weile her. Die Liste Ihrer Programme zeigt, ob es noch Zugriff hat.',
      denied: 'Das Programm bekam keinen Zugriff. Haben Sie es nicht gestartet, ist nichts weiter zu tun.',
      wrongNumber: 'Ihr Programm zeigt eine andere Zahl als die gewählte, deshalb bekam es keinen Zugriff.',
    },
    mistake:
      'War das ein Versehen? Beginnen Sie im Programm neu: Es zeigt einen neuen Code. Dieser bleibt abgelehnt.',
    tooLate: {
      approve:
        'Sie haben jetzt Erlauben gewählt, aber dieser Code wurde schon abgelehnt. Eine Entscheidung wird nicht geändert.',
      deny: 'Sie haben jetzt Ablehnen gewählt, aber dieser Code wurde schon erlaubt. Eine Entscheidung wird nicht geändert, aber Sie können den Zugriff beenden.',
    },
    look: 'Nachsehen, ob es angemeldet ist',
    gone: 'Dieser Code gilt nicht mehr. Ihr Programm zeigt, ob es angemeldet ist. Sie können diese Seite schließen.',
    endLater: 'Waren Sie das nicht, oder soll es nicht länger? Jederzeit zu beenden unter:',
    elsewhere:
      'Das Programm ist in einem anderen Netz als Sie. Wenn Ihnen jemand den Code geschickt hat, hat er jetzt diesen Zugang, bis Sie ihn beenden.',
    endNow: 'Beenden',
    nothingKnown: {
      title: 'Davon ist nichts bekannt',
      text: 'Sie haben über diesen Code vor langer Zeit entschieden, oder gar nicht. Was Sie erlaubt haben, steht in der Liste Ihrer Programme.',
      open: 'Den Code öffnen',
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
