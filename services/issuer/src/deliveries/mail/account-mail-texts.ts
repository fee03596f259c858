import type { AccountMailJob } from '@ravi/contract';

/** What a mail says around its facts and its link. */
export interface MailWords {
  readonly subject: string;
  readonly lead: string;
  readonly afterLink: string;
}

interface MailTexts {
  /** The lines with the facts: when, from where, with which software. */
  readonly facts: (when: string, address: string, software: string) => string;
  readonly kinds: Readonly<Record<AccountMailJob['kind'] | 'resetAtProvider', MailWords>>;
}

/** The words of all mails about an account, by language. */
export const accountMailTexts: Readonly<Record<'en' | 'de', MailTexts>> = {
  en: {
    facts: (when, address, software) =>
      `  When:     ${when} (UTC)\n  Address:  ${address}\n  Software: ${software}`,
    kinds: {
      reset: {
        subject: 'Set a new password',
        lead: 'Somebody asked for a new password for your account. If that was you, open this link and choose one:',
        afterLink:
          'The link works once, for an hour. If you did not ask for it, there is nothing to do: your password stays as it is.',
      },
      resetAtProvider: {
        subject: 'You sign in through a provider',
        lead: 'Somebody asked for a new password for your account. It has none: you sign in through a provider, and only there can you recover your access. Sign in here:',
        afterLink: 'If you did not ask for it, there is nothing to do.',
      },
      verify: {
        subject: 'Confirm your email address',
        lead: 'An account was created with this email address. If it is yours, open this link and confirm:',
        afterLink:
          'The link works once, for an hour. If you did not create an account, do not confirm: nothing else will be sent to you.',
      },
      address: {
        subject: 'Confirm your new email address',
        lead: 'Somebody wants to use this email address for their account. If that is you, open this link and confirm:',
        afterLink:
          'The link works once, for an hour. If it is not you, there is nothing to do: nothing else will be sent to you.',
      },
      addressWanted: {
        subject: 'Your account is to have another email address',
        lead: 'Somebody who is signed in as you wants to use another email address for your account. If that was you, there is nothing to do. If it was not, change your password here now, before they confirm it:',
        afterLink: '',
      },
      addressChanged: {
        subject: 'The email address of your account was changed',
        lead: 'Your account has another email address now: sign in with that one. Both addresses are told. If it was not you, ask whoever runs this service at once. Your sessions are here:',
        afterLink: '',
      },
      passwordChanged: {
        subject: 'Your password was changed',
        lead: 'The password of your account was changed. If that was you, there is nothing to do. If it was not, ask for a new one here, and end all programs with it:',
        afterLink: '',
      },
      accountDeleted: {
        subject: 'Your account was deleted',
        lead: 'Your account was deleted by somebody who was signed in as you. Nothing of it works any more. If that was you, there is nothing to do. If it was not, tell whoever runs this service at once:',
        afterLink: '',
      },
      factorAdded: {
        subject: 'A second factor was added to your account',
        lead: 'An authenticator app or a passkey was added to your account: it lets its owner in. If that was you, there is nothing to do. If it was not, remove it here and change your password:',
        afterLink: '',
      },
      factorRemoved: {
        subject: 'A second factor was removed from your account',
        lead: 'An authenticator app or a passkey was removed from your account. If that was you, there is nothing to do. If it was not, look here at what is left and change your password:',
        afterLink: '',
      },
      factorsReset: {
        subject: 'All second factors of your account were removed',
        lead: 'Whoever runs this service removed the authenticator app, the passkeys and the recovery codes of your account, as they do for people who lost their phone. If you did not ask for it, tell them at once. Set up a new one here:',
        afterLink: '',
      },
      recoveryCodesMade: {
        subject: 'New recovery codes for your account',
        lead: 'New recovery codes were made for your account; those of before work no more. If that was you, there is nothing to do. If it was not, make others here and change your password:',
        afterLink: '',
      },
      recoveryCodeUsed: {
        subject: 'A recovery code of your account was used',
        lead: 'Somebody signed in to your account with one of its recovery codes, which works no more. If that was you, see here how many are left. If it was not, make new ones here and change your password:',
        afterLink: '',
      },
      signedIn: {
        subject: 'A new sign-in to your account',
        lead: 'Somebody signed in to your account in a browser that was not used for it before. If that was you, there is nothing to do. If it was not, end that session here and change your password:',
        afterLink: '',
      },
    },
  },
  de: {
    facts: (when, address, software) =>
      `  Wann:     ${when} (UTC)\n  Adresse:  ${address}\n  Software: ${software}`,
    kinds: {
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
        lead: 'Das Passwort Ihres Kontos wurde geändert. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, fordern Sie hier ein neues an und beenden Sie dabei alle Programme:',
        afterLink: '',
      },
      accountDeleted: {
        subject: 'Ihr Konto wurde gelöscht',
        lead: 'Ihr Konto wurde gelöscht, von jemandem, der darin angemeldet war. Nichts davon gilt mehr. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, sagen Sie es sofort dem Betreiber dieses Dienstes:',
        afterLink: '',
      },
      factorAdded: {
        subject: 'Ihr Konto hat einen zweiten Faktor bekommen',
        lead: 'In Ihrem Konto wurde eine Authenticator-App oder ein Passkey eingerichtet: wer sie hat, kommt herein. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, entfernen Sie ihn hier und ändern Sie Ihr Passwort:',
        afterLink: '',
      },
      factorRemoved: {
        subject: 'Ein zweiter Faktor Ihres Kontos wurde entfernt',
        lead: 'Aus Ihrem Konto wurde eine Authenticator-App oder ein Passkey entfernt. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, sehen Sie hier nach, was noch da ist, und ändern Sie Ihr Passwort:',
        afterLink: '',
      },
      factorsReset: {
        subject: 'Alle zweiten Faktoren Ihres Kontos wurden entfernt',
        lead: 'Der Betreiber dieses Dienstes hat die Authenticator-App, die Passkeys und die Wiederherstellungscodes Ihres Kontos entfernt, wie er es für Menschen tut, die ihr Telefon verloren haben. Wenn Sie nicht darum gebeten haben, sagen Sie es ihm sofort. Hier richten Sie einen neuen Faktor ein:',
        afterLink: '',
      },
      recoveryCodesMade: {
        subject: 'Neue Wiederherstellungscodes für Ihr Konto',
        lead: 'Für Ihr Konto wurden neue Wiederherstellungscodes erzeugt; die alten gelten nicht mehr. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, erzeugen Sie hier andere und ändern Sie Ihr Passwort:',
        afterLink: '',
      },
      recoveryCodeUsed: {
        subject: 'Ein Wiederherstellungscode Ihres Kontos wurde benutzt',
        lead: 'Jemand hat sich in Ihrem Konto mit einem Wiederherstellungscode angemeldet, der nun nicht mehr gilt. Wenn Sie das waren, sehen Sie hier, wie viele noch da sind. Wenn nicht, erzeugen Sie hier neue und ändern Sie Ihr Passwort:',
        afterLink: '',
      },
      signedIn: {
        subject: 'Neue Anmeldung in Ihrem Konto',
        lead: 'Jemand hat sich in Ihrem Konto mit einem Browser angemeldet, der dort noch nie benutzt wurde. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, beenden Sie hier diese Sitzung und ändern Sie Ihr Passwort:',
        afterLink: '',
      },
    },
  },
};
