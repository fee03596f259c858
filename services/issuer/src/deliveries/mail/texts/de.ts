import type { MailTexts } from './mail-texts.ts';

export const de: MailTexts = {
  labels: { when: 'Wann:     ', address: 'Adresse:  ', software: 'Software: ' },
  account: {
    reset: {
      subject: 'Neues Passwort setzen',
      lead: 'Jemand hat ein neues Passwort für Ihr Konto angefordert. Wenn Sie das waren, öffnen Sie diesen Link und wählen Sie eines:',
      afterLink:
        'Der Link gilt einmal und eine Stunde lang. Wenn Sie ihn nicht angefordert haben, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.',
    },
    resetAtProvider: {
      subject: 'Sie melden sich über einen Anbieter an',
      lead: 'Jemand hat ein neues Passwort für Ihr Konto angefordert. Es hat keines: Sie melden sich über einen Anbieter an, und nur dort bekommen Sie Ihren Zugang zurück. Hier melden Sie sich an:',
      afterLink: 'Wenn Sie das nicht waren, ist nichts zu tun.',
    },
    verify: {
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
      lead: 'Mit dieser E-Mail-Adresse wurde ein Konto angelegt. Wenn es Ihres ist, öffnen Sie diesen Link und bestätigen Sie:',
      afterLink:
        'Der Link gilt einmal und eine Stunde lang. Wenn Sie kein Konto angelegt haben, bestätigen Sie nichts: Sie bekommen dann keine weitere Post.',
    },
    address: {
      subject: 'Neue E-Mail-Adresse: bitte bestätigen',
      lead: 'Jemand möchte diese E-Mail-Adresse für sein Konto benutzen. Wenn Sie das sind, öffnen Sie diesen Link und bestätigen Sie:',
      afterLink:
        'Der Link gilt einmal und eine Stunde lang. Wenn Sie das nicht sind, ist nichts zu tun: Sie bekommen keine weitere Post.',
    },
    addressWanted: {
      subject: 'Ihr Konto soll eine andere E-Mail-Adresse bekommen',
      lead: 'Jemand, der in Ihrem Konto angemeldet ist, möchte dafür eine andere E-Mail-Adresse benutzen. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, ändern Sie hier sofort Ihr Passwort, bevor sie bestätigt wird:',
      afterLink: '',
    },
    addressChanged: {
      subject: 'Die E-Mail-Adresse Ihres Kontos wurde geändert',
      lead: 'Ihr Konto hat jetzt eine andere E-Mail-Adresse: melden Sie sich mit ihr an. Beide Adressen bekommen diese Nachricht. Wenn Sie das nicht waren, fragen Sie sofort den Betreiber dieses Dienstes. Ihre Sitzungen stehen hier:',
      afterLink: '',
    },
    passwordChanged: {
      subject: 'Ihr Passwort wurde geändert',
      lead: 'Das Passwort Ihres Kontos wurde geändert. Alle anderen Browser sind abgemeldet. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, fordern Sie hier ein neues an und beenden Sie dabei alle Programme:',
      afterLink: '',
    },
    accountDeleted: {
      subject: 'Ihr Konto wurde gelöscht',
      lead: 'Ihr Konto wurde gelöscht, von jemandem, der darin angemeldet war. Nichts davon gilt mehr. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, sagen Sie es sofort dem Betreiber dieses Dienstes:',
      afterLink: '',
    },
    factorAdded: {
      subject: 'Ihr Konto hat einen zweiten Faktor bekommen',
      lead: 'In Ihrem Konto wurde eine Authenticator-App oder ein Passkey eingerichtet: wer sie hat, kommt herein.',
      ifNot:
        'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, entfernen Sie ihn hier und ändern Sie Ihr Passwort:',
      afterLink:
        'Wenn Sie nach einem Faktor gefragt werden, den Sie nicht haben, sagen Sie es sofort dem Betreiber dieses Dienstes: er kann ihn entfernen, wenn er weiß, dass Sie es sind.',
    },
    factorReplaced: {
      subject: 'Die Authenticator-App Ihres Kontos wurde ersetzt',
      lead: 'Eine andere Authenticator-App trat an die Stelle derjenigen Ihres Kontos, deren Codes nicht mehr gelten. Alle Browser bis auf den, in dem es geschah, sind abgemeldet.',
      ifNot:
        'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, sehen Sie hier nach, was da ist, und ändern Sie Ihr Passwort:',
      afterLink: '',
    },
    factorRemoved: {
      subject: 'Ein zweiter Faktor Ihres Kontos wurde entfernt',
      lead: 'Aus Ihrem Konto wurde eine Authenticator-App oder ein Passkey entfernt. Alle Browser bis auf den, in dem es geschah, sind abgemeldet.',
      ifNot:
        'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, sehen Sie hier nach, was noch da ist, und ändern Sie Ihr Passwort:',
      afterLink: '',
    },
    factorsReset: {
      subject: 'Alle zweiten Faktoren Ihres Kontos wurden entfernt',
      lead: 'Der Betreiber dieses Dienstes hat die Authenticator-App, die Passkeys und die Wiederherstellungscodes Ihres Kontos entfernt, wie er es für Menschen tut, die ihr Telefon verloren haben. Wenn Sie nicht darum gebeten haben, sagen Sie es ihm sofort. Hier richten Sie einen neuen Faktor ein:',
      afterLink: '',
    },
    recoveryCodesMade: {
      subject: 'Neue Wiederherstellungscodes für Ihr Konto',
      lead: 'Für Ihr Konto wurden neue Wiederherstellungscodes erzeugt; die alten gelten nicht mehr. Alle Browser bis auf den, in dem es geschah, sind abgemeldet.',
      ifNot:
        'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, erzeugen Sie hier andere und ändern Sie Ihr Passwort:',
      afterLink: '',
    },
    recoveryCodeUsed: {
      subject: 'Ein Wiederherstellungscode Ihres Kontos wurde benutzt',
      lead: 'Jemand hat sich in Ihrem Konto mit einem Wiederherstellungscode angemeldet, der nun nicht mehr gilt. Wenn Sie das waren, sehen Sie hier, wie viele noch da sind. Wenn nicht, erzeugen Sie hier neue und ändern Sie Ihr Passwort:',
      afterLink: '',
    },
    providerLinked: {
      subject: 'Ein Anbieter wurde mit Ihrem Konto verknüpft',
      lead: 'Mit Ihrem Konto wurde ein Anbieter verknüpft: wer sich dort anmeldet, kommt hier herein.',
      ifNot:
        'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, heben Sie die Verknüpfung hier auf und ändern Sie Ihr Passwort:',
      afterLink: '',
    },
    providerUnlinked: {
      subject: 'Die Verknüpfung Ihres Kontos mit einem Anbieter wurde aufgehoben',
      lead: 'Die Verknüpfung Ihres Kontos mit einem Anbieter wurde aufgehoben: damit meldet sich niemand mehr an. Alle Browser bis auf den, in dem es geschah, sind abgemeldet.',
      ifNot:
        'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, sehen Sie hier nach, was noch da ist, und ändern Sie Ihr Passwort:',
      afterLink: '',
    },
    signInPutBack: {
      subject: 'Sie melden sich wieder so an wie vorher',
      lead: 'Die zweiten Faktoren und die Anbieter Ihres Kontos sind wieder so, wie sie vor einer Änderung waren: durch den Link, den wir Ihnen geschickt haben. Alle Browser sind abgemeldet. Wenn Sie das nicht waren, liest jemand Ihre Post: sichern Sie zuerst Ihr Postfach, melden Sie sich dann an und sehen Sie nach, was da ist:',
      afterLink: '',
    },
    accountBlocked: {
      subject: 'Ihr Konto wurde gesperrt',
      lead: 'Der Betreiber dieses Dienstes hat Ihr Konto gesperrt. Niemand meldet sich darin an, und Ihre Programme und Schlüssel gelten nicht mehr. Wenn Sie nicht wissen warum, fragen Sie ihn:',
      afterLink: '',
    },
    accountUnblocked: {
      subject: 'Ihr Konto ist nicht mehr gesperrt',
      lead: 'Der Betreiber dieses Dienstes lässt Sie wieder herein. Beendete Programme und Schlüssel bleiben beendet: jedes Programm muss sich neu anmelden. Hier melden Sie sich an:',
      afterLink: '',
    },
    secondStepAsked: {
      subject: 'Jemand kennt Ihr Passwort',
      lead: 'Jemand hat das Passwort Ihres Kontos in einem dort unbekannten Browser eingegeben und ist am zweiten Schritt noch nicht vorbei. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, ändern Sie hier jetzt Ihr Passwort:',
      afterLink: '',
    },
    signedIn: {
      subject: 'Neue Anmeldung in Ihrem Konto',
      lead: 'Jemand hat sich in Ihrem Konto mit einem Browser angemeldet, der dort noch nie benutzt wurde. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, beenden Sie hier diese Sitzung und ändern Sie Ihr Passwort:',
      afterLink: '',
    },
  },
  undo: {
    lead: 'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, öffnen Sie diesen Link. Die Seite zeigt, was geändert wurde, und hat einen Knopf, der es rückgängig macht:',
    afterLink:
      'Der Knopf meldet auch alle Browser ab und beendet Ihre Programme, wenn Sie nichts anderes wählen. Der Link gilt einmal und 7 Tage lang. Wenn Ihr Konto ein Passwort hat, fragt die Seite danach. Ändern Sie es hinterher.',
  },
  notVerified: 'nicht geprüft',
  unnamed: '(ohne Namen)',
  approval: {
    subject: 'Ein Programm hat Zugang zu Ihrem Konto bekommen',
    lead: 'Sie haben soeben die Anmeldung eines Programms bestätigt, oder jemand, der in Ihrem Konto angemeldet ist.',
    labels: {
      name: 'Nennt sich:   ',
      address: 'Gefragt von:  ',
      software: 'Software:     ',
      approved: 'Bestätigt:    ',
    },
    afterFacts:
      'Wenn Sie das waren, ist nichts zu tun.\n\nWenn nicht, drücken Sie hier beim Programm „Das war ich nicht“. Die Seite sagt dann, was noch hilft:',
  },
  unused: {
    subject: 'Eine ungenutzte Anmeldung ist beendet',
    lead: 'Die Anmeldung eines Programms in Ihrem Konto ist von selbst beendet, weil lange nichts von ihr benutzt wurde.',
    labels: { name: 'Nennt sich:      ', approved: 'Bestätigt:       ', used: 'Zuletzt benutzt: ' },
    afterFacts:
      'Ihre Tokens und API-Schlüssel gelten nicht mehr. Wird das Programm noch gebraucht, melden Sie es neu an. Sonst ist nichts zu tun.\nIhre anderen Programme:',
  },
};
