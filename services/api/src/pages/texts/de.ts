import type { Texts } from './en.ts';

/** Die deutschen Texte. */
export const de: Texts = {
  lang: 'de',
  problemPrefix: 'Problem:',
  standingAdvice:
    'Ein Code kommt nur von einem Programm, das Sie selbst gestartet haben. Hat Ihnen jemand einen geschickt, verwenden Sie ihn nicht.',
  email: 'E-Mail',
  password: 'Passwort',
  signedInAs: 'Angemeldet als',
  notYou: 'Nicht Sie? Abmelden',
  toDevice: 'Code eingeben',

  switchedOff: 'Neue Anmeldungen sind hier abgeschaltet. Was schon begonnen hat, kann noch bestätigt werden.',

  reveal: { show: 'Passwort zeigen', hide: 'Passwort verbergen' },

  passwordFaults: {
    tooShort: (characters) =>
      `Ein Passwort hat hier mindestens ${characters} Zeichen. Gut sind ein paar Wörter ohne Zusammenhang.`,
    tooLong: () => 'Ein Passwort hat hier höchstens 256 Zeichen.',
    common: () => 'Dieses Passwort benutzen viele, es wird zuerst geraten. Bitte wählen Sie ein anderes.',
    repeats: () =>
      'Das wiederholt nur wenige Zeichen oder zählt sie auf und ist leicht zu erraten. Bitte wählen Sie ein anderes.',
    ownWords: () =>
      'Das besteht aus Ihrer Adresse oder dem Namen dieses Dienstes und ist leicht zu erraten. Bitte wählen Sie ein anderes.',
  },

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

  programs: {
    title: 'Verbundene Programme',
    lead: 'Diese Programme dürfen für Sie handeln. Was Sie hier beenden, endet überall sofort.',
    none: 'Zurzeit darf kein Programm für Sie handeln.',
    nameless: 'Ein Programm ohne Namen',
    loggedIn: 'Angemeldet',
    address: 'Von',
    used: 'Zuletzt benutzt',
    neverUsed: 'noch nicht benutzt',
    may: 'Handelt als',
    wholeAccount: 'Ihr ganzes Konto',
    keys: 'Besitzt',
    keyKinds: { management: 'Schlüssel des Kontos', identity: 'Schlüssel einer Identität' },
    tokens: 'Zugang, der sich selbst erneuert',
    keyEnds: (when) => `endet ${when}`,
    ends: 'Endet',
    endsUnused: (when) => `${when}, wenn es bis dahin nicht benutzt wird`,
    endsByYou: 'wenn Sie es beenden',
    registered: 'registriert',
    end: 'Beenden',
    notMe: 'Das war ich nicht',
    ways: 'Beides beendet seinen Zugang und seine Schlüssel. „Das war ich nicht“ sagt auch, was zu tun ist, wenn jemand anderes als Sie angemeldet sein könnte.',
    endAll: 'Alle Programme und Schlüssel beenden',
    endAllWarning:
      'Alle Ihre Programme hören auf, und jedes muss neu erlaubt werden. Das lässt sich nicht rückgängig machen.',
    newer: 'Kürzlich benutzte',
    older: 'Länger nicht benutzte',
    pageOf: (page: number, pages: number) => `Seite ${page} von ${pages}`,
    done: {
      ended: 'Beendet. Es kann nicht mehr für Sie handeln.',
      endedAll: 'Beendet. Kein Programm und kein Schlüssel kann mehr für Sie handeln.',
      notMe:
        'Beendet, mit allem, was aus diesem Code hervorging. Vielleicht kann sich jemand als Sie anmelden. Was jetzt hilft:',
    },
    endSessions: 'Ihre anderen Sitzungen beenden',
  },

  signIn: {
    title: 'Anmelden',
    forCode: (code) => `um über den Code ${code} zu entscheiden`,
    submit: 'Anmelden',
    through: (provider) => `Mit ${provider} anmelden`,
    or: 'oder mit E-Mail und Passwort',
    noAccount: 'Neu hier?',
    toSignUp: 'Konto anlegen',
    problems: {
      wrongCredentials: 'E-Mail und Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal.',
      tooManyAttempts:
        'Zu viele Versuche. Bitte warten Sie bis zu 15 Minuten und versuchen Sie es dann noch einmal.',
      invalidInput: 'Bitte geben Sie Ihre E-Mail-Adresse und Ihr Passwort ein.',
      blocked: 'Ihr Konto ist gesperrt. Fragen Sie den Betreiber dieses Dienstes.',
    },
  },

  signInFailure: {
    title: 'Sie sind nicht angemeldet',
    back: 'Zurück zur Anmeldung',
    reasons: {
      declined: (provider) =>
        `Sie haben bei ${provider} nicht zugestimmt, also ist nichts geschehen. War das ein Versehen, melden Sie sich noch einmal an.`,
      unmatched: () =>
        'Diese Antwort gehört zu keiner Anmeldung, die in diesem Browser begonnen wurde. Bitte beginnen Sie neu und erlauben Sie dieser Website Cookies.',
      expired: () =>
        'Es dauerte länger als zehn Minuten; zu Ihrer Sicherheit gilt die Anmeldung nicht mehr. Bitte beginnen Sie neu.',
      spent: () =>
        'Diese Anmeldung wurde schon verwendet, vielleicht in einem anderen Tab. Bitte beginnen Sie neu.',
      emailTaken: (provider) =>
        `Die E-Mail-Adresse, die ${provider} nannte, gehört zu einem Konto mit einer anderen Anmeldung. Bitte melden Sie sich an wie bisher.`,
      noEmail: (provider) =>
        `${provider} hat keine E-Mail-Adresse von Ihnen bestätigt, und ein neues Konto braucht eine. Bestätigen Sie Ihre Adresse dort, oder melden Sie sich anders an.`,
      untrusted: (provider) =>
        `Die Antwort von ${provider} bestand unsere Prüfung nicht und wurde nicht verwendet. Bitte beginnen Sie neu; geschieht es wieder, sagen Sie es dem Betreiber dieses Dienstes.`,
      providerDown: (provider) =>
        `${provider} antwortet im Augenblick nicht. Bitte versuchen Sie es in einigen Minuten noch einmal, oder melden Sie sich anders an. Ihr Code gilt weiter, bis er abläuft.`,
      busy: () =>
        'Ihr Konto wird gerade in einem anderen Tab angelegt. Bitte melden Sie sich gleich noch einmal an.',
      blocked: () => 'Ihr Konto ist gesperrt. Fragen Sie den Betreiber dieses Dienstes.',
    },
  },

  signedIn: { title: 'Sie sind angemeldet', next: 'Weiter' },

  sessions: {
    link: 'Sitzungen',
    title: 'Wo Sie angemeldet sind',
    lead: 'Beenden Sie, was Sie nicht kennen. Programme, denen Sie Zugriff erlaubt haben, stehen hier nicht.',
    current: 'dieser Browser',
    started: 'Angemeldet',
    address: 'Adresse',
    unknownBrowser: 'Unbekannter Browser',
    end: 'Abmelden',
    elsewhere: 'Anderswo angemeldet',
    endOthers: 'Überall sonst abmelden',
  },

  passwordChange: {
    title: 'Passwort ändern',
    lead: 'Danach sind Sie überall sonst abgemeldet. Programme behalten ihren Zugang, bis Sie ihn beenden:',
    current: 'Bisheriges Passwort',
    fresh: 'Neues Passwort',
    submit: 'Passwort ändern',
    changed: 'Ihr Passwort ist geändert, und Sie sind überall sonst abgemeldet.',
    atProvider: 'Sie melden sich über einen Anbieter an, hier gibt es kein Passwort. Ändern Sie es dort.',
    problems: {
      wrongPassword: 'Das ist nicht Ihr bisheriges Passwort. Bitte versuchen Sie es noch einmal.',
      tooManyAttempts:
        'Zu viele Versuche. Bitte warten Sie bis zu 15 Minuten und versuchen Sie es dann noch einmal.',
    },
  },

  address: {
    title: 'E-Mail-Adresse ändern',
    lead: 'Wir senden einen Link an die neue Adresse; die Änderung gilt, sobald Sie sie dort bestätigen. Die bisherige Adresse bekommt Bescheid.',
    ask: 'Dieser Dienst verschickt keine E-Mails, daher lässt sich die Adresse hier nicht ändern. Fragen Sie den Betreiber.',
    fresh: 'Neue E-Mail-Adresse',
    submit: 'Link senden',
    sent: 'Ein Link ist an die neue Adresse unterwegs. Er gilt einmal und eine Stunde lang. Bis Sie dort bestätigen, ändert sich nichts.',
    problems: {
      invalidEmail: 'Das sieht nicht wie eine E-Mail-Adresse aus. Bitte prüfen Sie sie.',
      wrongPassword: 'Das ist nicht Ihr bisheriges Passwort. Bitte versuchen Sie es noch einmal.',
      tooManyAttempts:
        'Zu viele Versuche. Bitte warten Sie bis zu 15 Minuten und versuchen Sie es dann noch einmal.',
    },
    confirm: {
      title: 'Ist das Ihre neue E-Mail-Adresse?',
      lead: 'Ihr Konto hat dann diese Adresse, und Sie melden sich mit ihr an. Wenn Sie das nicht wollten, schließen Sie diese Seite.',
      submit: 'Ja, diese Adresse',
    },
    results: {
      moved: {
        title: 'Ihre Adresse ist geändert',
        text: 'Melden Sie sich von jetzt an mit der neuen an. Beide Adressen haben Bescheid bekommen.',
      },
      bad: {
        title: 'Dieser Link gilt nicht mehr',
        text: 'Er wurde schon benutzt, ist älter als eine Stunde, es wurde ein neuerer gesendet, oder das Passwort wurde inzwischen geändert. Nichts wurde geändert.',
      },
      taken: {
        title: 'Diese Adresse gehört zu einem anderen Konto',
        text: 'Eine Adresse gehört zu einem Konto. Nichts wurde geändert.',
      },
    },
  },

  forgot: {
    link: 'Passwort vergessen?',
    title: 'Neues Passwort setzen',
    lead: 'Wir senden einen Link an Ihre E-Mail-Adresse. Er gilt einmal und eine Stunde lang.',
    ask: 'Dieser Dienst verschickt keine E-Mails. Bitten Sie den Betreiber um einen Link, mit dem Sie ein neues Passwort setzen, und weisen Sie sich dabei aus.',
    submit: 'Link senden',
    sent: {
      title: 'Sehen Sie in Ihr Postfach',
      text: 'Wenn ein Konto diese Adresse hat, ist ein Link dorthin unterwegs.',
      nothing:
        'Nach einigen Minuten nichts gekommen? Sehen Sie im Spam-Ordner nach und prüfen Sie die Adresse. Eine Adresse bekommt höchstens vier Links in der Stunde.',
    },
    problems: {
      invalidEmail: 'Das sieht nicht wie eine E-Mail-Adresse aus. Bitte prüfen Sie sie.',
      tooManyAttempts:
        'Aus Ihrem Netz wurden zu viele Links angefordert. Bitte warten Sie bis zu einer Stunde.',
    },
  },

  verify: {
    title: 'Ist das Ihre E-Mail-Adresse?',
    lead: 'Bestätigen Sie nur, wenn Sie dieses Konto selbst angelegt haben. Wenn nicht, schließen Sie diese Seite.',
    submit: 'Ja, bestätigen',
    done: {
      title: 'Ihre Adresse ist bestätigt',
      text: 'Wir sagen Ihnen dort, wenn mit Ihrem Konto etwas geschieht, und können Ihnen einen Link senden, wenn Sie Ihr Passwort vergessen.',
    },
    spent: {
      title: 'Dieser Link gilt nicht mehr',
      text: 'Er wurde schon benutzt, ist älter als eine Stunde, oder es wurde ein neuerer gesendet. Melden Sie sich an, um einen neuen zu bekommen.',
    },
    missing: {
      text: 'Ihre E-Mail-Adresse ist nicht bestätigt. Solange sagt Ihnen dort niemand, was mit Ihrem Konto geschieht.',
      send: 'Link zum Bestätigen senden',
      sent: 'Ein Link ist an Ihre Adresse unterwegs. Er gilt eine Stunde; eine Adresse bekommt höchstens vier in der Stunde.',
    },
  },

  reset: {
    title: 'Neues Passwort setzen',
    lead: 'Der Link gilt nur einmal. Danach sind Sie überall abgemeldet und melden sich mit dem neuen Passwort an.',
    programs: 'Ihre Programme',
    keepPrograms: 'Sie laufen weiter',
    endPrograms: 'Alle Programme und Schlüssel beenden',
    programsHint:
      'Beenden Sie sie, wenn jemand anderes Ihr Passwort gekannt haben kann. Jedes muss neu genehmigt werden.',
    submit: 'Passwort setzen',
    done: {
      title: 'Ihr Passwort ist gesetzt',
      text: 'Melden Sie sich damit an. Sie wurden überall abgemeldet.',
    },
    spent: {
      title: 'Dieser Link gilt nicht mehr',
      text: 'Er wurde schon benutzt, ist älter als eine Stunde, oder es gibt einen neueren. Es wurde nichts geändert. Bitten Sie um einen neuen Link.',
    },
  },

  signUp: {
    title: 'Konto anlegen',
    forCode: (code) => `um über den Code ${code} zu entscheiden`,
    submit: 'Konto anlegen',
    firstName: 'Vorname (freiwillig)',
    lastName: 'Nachname (freiwillig)',
    passwordHint: (characters) =>
      `Mindestens ${characters} Zeichen. Gut sind einige Wörter ohne Zusammenhang.`,
    haveAccount: 'Sie haben schon ein Konto?',
    toSignIn: 'Anmelden',
    problems: {
      emailTaken: 'Mit dieser E-Mail-Adresse gibt es schon ein Konto. Möchten Sie sich anmelden?',
      invalidEmail: 'Das sieht nicht nach einer E-Mail-Adresse aus. Bitte prüfen Sie sie.',
      invalidName: 'Ein Name hat höchstens 80 Zeichen, auf einer Zeile. Bitte prüfen Sie ihn.',
      tooManyAttempts:
        'Zu viele Versuche. Bitte warten Sie bis zu einer Stunde und versuchen Sie es dann noch einmal.',
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
    ifYouApprove: (account) => `Wenn Sie es erlauben, kann das Programm als ${account} handeln.`,
    numberLegend: 'Welche Zahl zeigt Ihr Programm?',
    numberHint:
      'Zeigt es keine davon, oder hat Ihnen jemand eine Zahl genannt, lehnen Sie ab. Eine falsche lehnt ab.',
    lifetime: 'Wie lange seine Schlüssel gelten',
    lifetimes: ['1 Tag', '30 Tage', '1 Jahr'],
    endless: (unusedDays) =>
      unusedDays === null ? 'Bis Sie es beenden' : `Bis ${unusedDays} Tage unbenutzt`,
    gets: 'Es bekommt',
    given: 'das ganze Konto',
    onlyIdentity: (name) => `nur ${name}`,
    noEnd: (unusedDays) =>
      unusedDays === null ? 'bis Sie es beenden' : `bis es ${unusedDays} Tage nicht benutzt wird`,
    change: 'Ändern',
    access: 'Was es nutzen darf',
    pleaseChoose: 'Bitte wählen',
    wholeAccount: 'Das ganze Konto',
    anyIdentity: (identities) => `Das ganze Konto, mit jeder der ${identities} Identitäten`,
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
    calledItself: (name) => `Das Programm nannte sich „${name}“.`,
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

  message: {
    status: 'Status',
    reference: 'Kennung',
    tryAgain: (when) => `Bitte versuchen Sie es ${when} noch einmal.`,
    notFound: { title: 'Hier ist nichts', text: 'Vielleicht ist die Adresse falsch geschrieben.' },
    forbidden: {
      title: 'Diese Seite ist veraltet',
      text: 'Sie war zu lange offen, oder Sie haben sich inzwischen abgemeldet. Nichts wurde geändert. Bitte beginnen Sie neu.',
    },
    badRequest: {
      title: 'Das konnten wir nicht lesen',
      text: 'Das Formular kam unvollständig an. Nichts wurde geändert. Bitte beginnen Sie neu.',
    },
    tooMany: {
      title: 'Bitte etwas langsamer',
      text: 'Aus Ihrem Netz kamen zu viele Anfragen. Nichts wurde geändert.',
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

  home: {
    pageTitle: 'Geräteanmeldung',
    title: 'Ein Programm ohne Browser anmelden',
    lead: 'Ein Agent oder Kommandozeilenprogramm zeigt Ihnen einen Code. Geben Sie ihn hier ein, sehen Sie, welches Programm fragt, und entscheiden Sie.',
    developers: 'Für Entwickler',
    startComment: 'einen Code holen und dem Menschen user_code zeigen',
    waitComment: 'auf die Entscheidung warten',
  },
};
