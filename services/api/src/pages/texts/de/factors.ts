import { phrase } from '@ravi/runtime';
import type { factors as en } from '../en/factors.ts';

export const factors: typeof en = {
  passkey: {
    signIn: 'Mit einem Passkey anmelden',
    prove: 'Passkey benutzen',
    unsupported: 'Für einen Passkey braucht diese Seite JavaScript und einen Browser, der Passkeys kennt.',
    failed: 'Das ging nicht oder wurde abgebrochen. Versuchen Sie es noch einmal oder auf einem anderen Weg.',
    known: 'Dieses Gerät hat schon einen Passkey für dieses Konto.',
    refused: {
      wrong:
        'Der Passkey wurde nicht angenommen: die Seite war vielleicht zu lange offen. Versuchen Sie es noch einmal.',
      replayed: 'Diese Antwort Ihres Passkeys wurde schon benutzt. Versuchen Sie es noch einmal.',
      unknown: 'Kein Konto hat hier diesen Passkey. Vielleicht wurde er entfernt.',
      cloned:
        'Diesen Passkey gibt es zweimal: sein Zähler ging zurück. Melden Sie sich auf einem anderen Weg an und entfernen Sie ihn aus Ihrem Konto.',
    },
  },

  secondStep: {
    title: 'Bestätigen Sie, dass Sie es sind',
    lead: phrase('Das Passwort stimmt. Noch ein Schritt für {email}:'),
    afterProvider: phrase(
      '{provider} sagt, dass Sie es sind. Dieses Konto verlangt außerdem seinen eigenen zweiten Schritt.',
    ),
    codeLead:
      'Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App jetzt zeigt, oder einen Ihrer Wiederherstellungscodes.',
    code: 'Code Ihrer App oder ein Wiederherstellungscode',
    recoveryOnly: 'Wiederherstellungscode',
    submit: 'Weiter',
    lost: 'Ich habe mein Telefon oder meinen Passkey nicht',
    lostHelp:
      'Geben Sie stattdessen einen Ihrer Wiederherstellungscodes ein: jeder gilt einmal. Haben Sie keinen mehr, fragen Sie den Betreiber dieses Dienstes: er kann Ihre zweiten Faktoren entfernen, wenn er weiß, dass Sie es sind. Ein neues Passwort allein entfernt sie nicht.',
    other: 'Als jemand anders anmelden',
    or: 'Oder mit einem Code:',
    problems: {
      wrong:
        'Dieser Code stimmt nicht. Prüfen Sie, dass Ihr Telefon seine Uhr selbst stellt, und geben Sie den nächsten Code ein.',
      wrongRecovery:
        'Dieser Wiederherstellungscode stimmt nicht oder wurde schon benutzt. Vergleichen Sie jedes Zeichen oder geben Sie einen anderen ein.',
      replayed: 'Dieser Code wurde schon benutzt. Warten Sie, bis Ihre App den nächsten zeigt.',
      none: 'Ihr Konto hat keine Authenticator-App. Benutzen Sie Ihren Passkey oder einen Wiederherstellungscode.',
      unreadable:
        'Die Codes Ihrer App können hier nicht mehr geprüft werden. Benutzen Sie einen Passkey oder einen Wiederherstellungscode und richten Sie die App neu ein.',
      tooManyAttempts: phrase(
        'Zu viele falsche Codes. Bitte versuchen Sie es {when} noch einmal, oder benutzen Sie einen Passkey oder einen Wiederherstellungscode.',
      ),
    },
  },

  onceMore: {
    title: 'Sind Sie es noch?',
    lead: 'Ihre Anmeldung ist eine Weile her. Zeigen Sie noch einmal, dass Sie es sind, bevor es weitergeht.',
    submit: 'Weiter',
    through: phrase('Weiter mit {provider}'),
    problems: {
      wrongPassword: 'Das Passwort ist falsch.',
      tooManyAttempts: phrase('Zu viele Versuche. Bitte versuchen Sie es {when} noch einmal.'),
    },
  },

  security: {
    link: 'Sicherheit',
    title: 'So melden Sie sich an',
    lead: 'Mit einem zweiten Faktor lässt Ihr Passwort allein niemanden herein.',
    required:
      'Hier genehmigt niemand ein Programm mit einem Passwort allein. Richten Sie zuerst eines von diesen ein.',
    atProvider: 'Sie melden sich über einen Anbieter an. Einen zweiten Faktor richten Sie dort ein.',
    app: 'Authenticator-App',
    appNone: 'Zeigt alle 30 Sekunden einen neuen Code, auf dem Telefon oder in einem Passwortmanager.',
    appAdd: 'App einrichten',
    appReplace: 'Durch eine andere App ersetzen',
    passkeys: 'Passkeys',
    passkeysNone:
      'Melden Sie sich mit Fingerabdruck, Gesicht, PIN oder einem Sicherheitsschlüssel an, ohne Passwort.',
    passkeyName: 'Name für einen neuen Passkey',
    passkeyNameHint: 'Etwa „Laptop im Büro“, damit Sie ihn hier wiedererkennen.',
    passkeyAdd: 'Passkey hinzufügen',
    passkeyMost: 'Mehr kann ein Konto nicht haben.',
    added: 'Hinzugefügt',
    used: 'Zuletzt benutzt',
    neverUsed: 'noch nicht benutzt',
    kept: 'Liegt',
    synced: 'auf mehreren Geräten',
    single: 'auf einem Gerät',
    remove: 'Entfernen',
    recovery: 'Wiederherstellungscodes',
    recoveryLeft: phrase(
      'Übrige Wiederherstellungscodes: {count}. Jeder gilt einmal, anstelle Ihrer App oder Ihres Passkeys.',
    ),
    recoveryNone: 'Sie haben keinen mehr.',
    recoveryMake: 'Neue Codes erzeugen',
    recoveryEnds: 'Neue Codes beenden die alten.',
    onlyOne:
      'Das ist Ihr einziger zweiter Faktor. Richten Sie noch einen ein, für den Fall, dass Sie ihn verlieren.',
    unnamed: 'Passkey',
    providers: {
      title: 'Anbieter',
      lead: 'Auch damit melden Sie sich an. Wer dort hineinkommt, kommt auch hier hinein.',
      linkTo: phrase('{provider} verknüpfen'),
      onTo: phrase('Weiter zu {provider}'),
      unlink: 'Verknüpfung aufheben',
      address: 'Adresse dort',
      linked: 'Verknüpft',
      confirmFirst: 'Um einen Anbieter zu verknüpfen, bestätigen Sie zuerst Ihre E-Mail-Adresse.',
    },
    done: {
      app: 'Ihre Authenticator-App ist eingerichtet. Andere Browser bleiben angemeldet.',
      appReplaced:
        'Ihre neue Authenticator-App ist eingerichtet, und die alte gilt nicht mehr. Alle anderen Browser sind abgemeldet.',
      passkey: 'Ihr Passkey ist hinzugefügt. Andere Browser bleiben angemeldet.',
      appRemoved: 'Ihre Authenticator-App ist entfernt. Alle anderen Browser sind abgemeldet.',
      passkeyRemoved: 'Ihr Passkey ist entfernt. Alle anderen Browser sind abgemeldet.',
      recovery: phrase(
        'Sie haben sich mit einem Wiederherstellungscode angemeldet. Übrige Codes: {count}. Wenn Sie Telefon oder Passkey verloren haben, entfernen Sie diesen Faktor unten und richten Sie einen neuen ein.',
      ),
      linked:
        'Der Anbieter ist verknüpft: ab jetzt können Sie sich auch damit anmelden. Andere Browser bleiben angemeldet.',
      unlinked: 'Die Verknüpfung ist aufgehoben. Alle anderen Browser sind abgemeldet.',
    },
    problems: {
      answer:
        'Der Passkey wurde nicht hinzugefügt. Die Seite war vielleicht zu lange offen: versuchen Sie es noch einmal.',
      conflict: 'Diesen Passkey gibt es schon, oder es ist kein Platz für einen weiteren.',
      lastWayIn: 'Anders können Sie sich nicht anmelden. Verknüpfen Sie erst einen weiteren Anbieter.',
    },
  },

  setUpApp: {
    title: 'Authenticator-App einrichten',
    lead: 'Scannen Sie dies mit Ihrer App und geben Sie dann den Code ein, den sie zeigt.',
    replaceTitle: 'Authenticator-App ersetzen',
    replaceLead:
      'Die alte gilt, bis Sie den Code der neuen eingeben. Dann werden alle anderen Browser abgemeldet.',
    replaceSubmit: 'Ersetzen',
    picture: 'QR-Code mit dem Geheimnis für Ihre App',
    byHand: 'Keine Kamera? Geben Sie diesen Schlüssel in der App ein:',
    here: 'In einer App auf diesem Gerät öffnen',
    code: 'Code aus der App',
    submit: 'Einrichten',
    cancel: 'Nicht jetzt',
    wrong:
      'Das ist nicht der Code, den die App jetzt zeigt. Prüfen Sie, dass Ihr Telefon seine Uhr selbst stellt, und geben Sie den nächsten Code ein.',
  },

  recoveryCodes: {
    title: 'Ihre Wiederherstellungscodes',
    lead: 'Bewahren Sie sie dort auf, wo Sie sie ohne Ihr Telefon finden: auf Papier oder in einem Passwortmanager. Sie werden nur jetzt gezeigt.',
    each: 'Jeder gilt einmal, anstelle Ihrer App oder Ihres Passkeys. Neue Codes beenden die alten.',
    others: 'Alle anderen Browser sind abgemeldet.',
    done: 'Ich habe sie gespeichert',
  },

  removeFactor: {
    title: 'Ihren letzten zweiten Faktor entfernen?',
    lead: 'Das ist Ihr letzter zweiter Faktor. Ohne ihn lässt Ihr Passwort allein jeden herein, der es kennt, und Ihre Wiederherstellungscodes enden.',
    password: 'Ihr Passwort',
    submit: 'Entfernen',
    cancel: 'Behalten',
    problems: {
      wrongPassword: 'Das Passwort ist falsch.',
      shortPassword: phrase(
        'Ihr Passwort ist zu kurz, um Sie allein zu schützen. Ändern Sie es zuerst: mindestens {minLength} Zeichen.',
      ),
      tooManyAttempts: phrase('Zu viele Versuche. Bitte versuchen Sie es {when} noch einmal.'),
    },
  },

  undo: {
    title: 'Diese Änderung rückgängig machen?',
    lead: 'Jemand hat geändert, wie Sie sich anmelden. Wenn Sie das nicht waren, wird es wieder so, wie es vorher war, auch was danach geändert wurde. Alle Browser werden dann abgemeldet, und alle Programme enden, wenn Sie nichts anderes wählen.',
    changed: 'Geändert',
    changes: {
      title: 'Das wurde geändert und wird rückgängig gemacht',
      passkeysAdded: phrase('Hinzugefügte Passkeys: {count}. Sie werden entfernt.'),
      passkeysRemoved: phrase('Entfernte Passkeys: {count}. Sie gelten dann wieder.'),
      app: {
        added: 'Eine Authenticator-App wurde eingerichtet. Sie wird entfernt.',
        replaced: 'Die Authenticator-App wurde ersetzt. Die frühere gilt dann wieder.',
        removed: 'Die Authenticator-App wurde entfernt. Sie gilt dann wieder.',
      },
      recoveryCodes: {
        made: 'Neue Wiederherstellungscodes wurden erzeugt. Die früheren gelten dann wieder.',
        ended: 'Die Wiederherstellungscodes wurden beendet. Sie gelten dann wieder.',
      },
      recoveryCodesUsed: phrase('Benutzte Wiederherstellungscodes: {count}. Sie gelten dann wieder.'),
      linked: phrase('{provider} wurde verknüpft. Damit kommt dann niemand mehr herein.'),
      unlinked: phrase('Die Verknüpfung mit {provider} wurde aufgehoben. Sie gilt dann wieder.'),
      nothing:
        'Inzwischen melden Sie sich wieder so an wie vor der Änderung. Alle Browser werden trotzdem abgemeldet.',
    },
    programsHint:
      'Wer das geändert hat, hat vielleicht auch ein eigenes Programm genehmigt. Jedes, das endet, muss neu genehmigt werden.',
    submit: 'Wiederherstellen',
    otherwise: 'Wenn Sie das waren, ist nichts zu tun: schließen Sie diese Seite.',
    done: {
      title: 'Sie melden sich wieder an wie vorher',
      text: 'Alle Browser sind abgemeldet. Melden Sie sich an, ändern Sie Ihr Passwort, wenn Sie eines haben, und sehen Sie nach Ihren Programmen und danach, was in Ihrem Konto geschehen ist.',
      programsEnded:
        'Alle Browser sind abgemeldet, und alle Programme und Schlüssel sind beendet. Melden Sie sich an, ändern Sie Ihr Passwort, wenn Sie eines haben, und sehen Sie nach, was in Ihrem Konto geschehen ist.',
    },
    over: {
      title: 'Dieser Link gilt nicht mehr',
      text: 'Er wurde benutzt, ist älter als 7 Tage, oder ein anderer hat alles wiederhergestellt. Wenn Sie sich nicht anmelden können, fragen Sie den Betreiber dieses Dienstes.',
    },
  },
};
