import { phrase } from '@ravi/runtime';
import type { account as en } from '../en/account.ts';

export const account: typeof en = {
  deletion: {
    title: 'Konto löschen',
    lead: 'Alle Ihre Programme und Schlüssel enden sofort, und Sie werden überall abgemeldet. Ihre Identitäten, Ihre Adressen und alles, was Sie erlaubt haben, werden entfernt. Das lässt sich nicht rückgängig machen.',
    stays: 'Das Protokoll dieses Dienstes hält noch eine Weile fest, dass es geschehen ist.',
    goOn: 'Weiter zum letzten Schritt',
    submit: 'Konto endgültig löschen',
    keep: 'Konto behalten',
    problems: {
      wrongPassword: 'Das ist nicht Ihr jetziges Passwort. Bitte versuchen Sie es noch einmal.',
      tooManyAttempts: phrase('Zu viele Versuche. Bitte versuchen Sie es {when} noch einmal.'),
      staleSignIn:
        'Ihre Anmeldung liegt schon eine Weile zurück. Melden Sie sich ab und wieder an, und löschen Sie das Konto dann.',
    },
    done: {
      title: 'Ihr Konto ist gelöscht',
      text: 'Hier kann nichts mehr für Sie handeln. Sie können diese Seite schließen.',
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
    keyEnds: phrase('endet {when}'),
    ends: 'Endet',
    endsUnused: phrase('{when}, wenn es bis dahin nicht benutzt wird'),
    endsByYou: 'wenn Sie es beenden',
    registered: 'registriert',
    end: 'Beenden',
    notMe: 'Das war ich nicht',
    ways: 'Beides beendet seinen Zugang und seine Schlüssel. „Das war ich nicht“ sagt auch, was zu tun ist, wenn jemand anderes als Sie angemeldet sein könnte.',
    notYet:
      'Ein Programm, das Sie erlaubt haben, steht hier, sobald es seinen Zugriff abgeholt hat. Bis dahin hält „Alle Programme und Schlüssel beenden“ auch dieses auf.',
    endAll: 'Alle Programme und Schlüssel beenden',
    endAllWarning:
      'Alle Ihre Programme hören auf, und jedes muss neu erlaubt werden. Das lässt sich nicht rückgängig machen.',
    newer: 'Kürzlich benutzte',
    older: 'Länger nicht benutzte',
    pageOf: phrase('Seite {page} von {pages}'),
    search: {
      label: 'Name des Programms',
      submit: 'Suchen',
      all: 'Alle Programme',
      none: phrase('Kein Programm hat „{name}“ im Namen.'),
    },
    done: {
      ended: 'Beendet. Es kann nicht mehr für Sie handeln.',
      endedAll: 'Beendet. Kein Programm und kein Schlüssel kann mehr für Sie handeln.',
      notMe:
        'Es ist beendet, und mit ihm alles, was es angelegt hat. Vielleicht kann sich jemand als Sie anmelden. Was jetzt hilft:',
    },
    endSessions: 'Ihre anderen Sitzungen beenden',
  },

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
};
