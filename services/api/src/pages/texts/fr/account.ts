import { phrase } from '@ravi/runtime';
import type { account as en } from '../en/account.ts';

export const account: typeof en = {
  deletion: {
    title: 'Supprimer votre compte',
    lead: 'Tous vos programmes et clés s’arrêtent aussitôt, et vous êtes déconnecté partout. Vos identités, vos adresses et ce que vous avez accordé sont supprimés. C’est irréversible.',
    stays: 'Le journal de ce service en garde la trace pendant un certain temps.',
    goOn: 'Continuer vers la dernière étape',
    submit: 'Supprimer définitivement le compte',
    keep: 'Garder le compte',
    problems: {
      wrongPassword: 'Ce n’est pas votre mot de passe actuel. Veuillez réessayer.',
      tooManyAttempts: phrase('Trop de tentatives. Veuillez réessayer {when}.'),
      staleSignIn:
        'Votre connexion date d’un moment. Déconnectez-vous, reconnectez-vous, puis supprimez le compte.',
    },
    done: {
      title: 'Votre compte est supprimé',
      text: 'Plus rien ne peut agir pour vous ici. Vous pouvez fermer cette page.',
    },
  },

  programs: {
    title: 'Programmes connectés',
    lead: 'Ces programmes peuvent agir pour vous. Ce à quoi vous mettez fin ici prend fin partout aussitôt.',
    none: 'Aucun programme ne peut agir pour vous en ce moment.',
    nameless: 'Un programme sans nom',
    loggedIn: 'Connecté',
    address: 'Depuis',
    used: 'Dernière utilisation',
    neverUsed: 'pas encore utilisé',
    may: 'Peut agir comme',
    wholeAccount: 'tout votre compte',
    keys: 'Détient',
    keyKinds: { management: 'clé du compte', identity: 'clé d’une identité' },
    tokens: 'des jetons qui se renouvellent',
    keyEnds: phrase('prend fin {when}'),
    ends: 'Fin',
    endsUnused: phrase('{when}, s’il n’est pas utilisé d’ici là'),
    endsByYou: 'quand vous y mettez fin',
    registered: 'enregistré',
    end: 'Mettre fin',
    notMe: 'Ce n’était pas moi',
    ways: 'L’un comme l’autre met fin à son accès et à ses clés. « Ce n’était pas moi » dit aussi que faire quand quelqu’un d’autre est peut-être connecté à votre place.',
    notYet:
      'Un programme que vous avez autorisé figure ici une fois venu chercher son accès. D’ici là, « Mettre fin à tous les programmes et clés » l’arrête aussi.',
    endAll: 'Mettre fin à tous les programmes et clés',
    endAllWarning:
      'Tous vos programmes s’arrêtent, et chacun devra être autorisé à nouveau. C’est irréversible.',
    newer: 'Utilisés plus récemment',
    older: 'Utilisés moins récemment',
    pageOf: phrase('Page {page} sur {pages}'),
    search: {
      label: 'Nom du programme',
      submit: 'Rechercher',
      all: 'Tous les programmes',
      none: phrase('Aucun programme n’a « {name} » dans son nom.'),
    },
    done: {
      ended: 'C’est terminé. Il ne peut plus agir pour vous.',
      endedAll: 'C’est terminé. Plus aucun programme ni aucune clé ne peut agir pour vous.',
      notMe:
        'Son accès a pris fin, avec tout ce qu’il avait créé. Quelqu’un sait peut-être se connecter à votre place. Ce qui aide maintenant :',
    },
    endSessions: 'Mettre fin à vos autres sessions',
  },

  sessions: {
    link: 'Sessions',
    title: 'Où vous êtes connecté',
    lead: 'Mettez fin à ce que vous ne reconnaissez pas. Les programmes que vous avez autorisés ne figurent pas ici.',
    current: 'ce navigateur',
    started: 'Connecté',
    address: 'Adresse',
    unknownBrowser: 'Navigateur inconnu',
    end: 'Se déconnecter',
    elsewhere: 'Connecté ailleurs',
    endOthers: 'Se déconnecter partout ailleurs',
  },
};
