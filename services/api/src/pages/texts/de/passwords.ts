import { phrase } from '@ravi/runtime';
import type { passwords as en } from '../en/passwords.ts';

export const passwords: typeof en = {
  passwordFaults: {
    tooShort: phrase(
      'Ein Passwort hat hier mindestens {characters} Zeichen. Gut sind ein paar Wörter ohne Zusammenhang.',
    ),
    tooLong: phrase('Ein Passwort hat hier höchstens 256 Zeichen.'),
    common: phrase('Dieses Passwort benutzen viele, es wird zuerst geraten. Bitte wählen Sie ein anderes.'),
    repeats: phrase(
      'Das wiederholt nur wenige Zeichen oder zählt sie auf und ist leicht zu erraten. Bitte wählen Sie ein anderes.',
    ),
    ownWords: phrase(
      'Das besteht aus Ihrer Adresse oder dem Namen dieses Dienstes und ist leicht zu erraten. Bitte wählen Sie ein anderes.',
    ),
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
      tooManyAttempts: phrase('Zu viele Versuche. Bitte versuchen Sie es {when} noch einmal.'),
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
      tooManyAttempts: phrase(
        'Aus Ihrem Netz wurden zu viele Links angefordert. Bitte versuchen Sie es {when} noch einmal.',
      ),
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
};
