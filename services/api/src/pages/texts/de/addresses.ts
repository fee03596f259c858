import { phrase } from '@ravi/runtime';
import type { addresses as en } from '../en/addresses.ts';

export const addresses: typeof en = {
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
      tooManyAttempts: phrase('Zu viele Versuche. Bitte versuchen Sie es {when} noch einmal.'),
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
        text: 'Er wurde schon benutzt, ist älter als eine Stunde, es wurde ein neuerer gesendet, oder das Passwort wurde inzwischen geändert. Ihn jetzt zu öffnen ändert nichts.',
      },
      taken: {
        title: 'Diese Adresse gehört zu einem anderen Konto',
        text: 'Eine Adresse gehört zu einem Konto. Nichts wurde geändert.',
      },
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
};
