import { phrase } from '@ravi/runtime';
import type { common as en } from '../en/common.ts';

export const common: typeof en = {
  lang: 'fr',
  dir: 'ltr',
  languageName: 'Français',
  problemPrefix: 'Problème :',
  standingAdvice:
    'Un code ne vient que d’un programme que vous avez lancé vous-même. Si quelqu’un vous en a envoyé un, ne l’utilisez pas.',
  email: 'Adresse e-mail',
  password: 'Mot de passe',
  signedInAs: 'Connecté en tant que',
  notYou: 'Ce n’est pas vous ? Se déconnecter',
  toDevice: 'Saisir un code',
  toAccount: 'Votre compte',
  signedOut: 'Vous êtes déconnecté.',
  colon: '\u00a0:',
  languages: 'Langue',

  links: {
    terms: 'Conditions d’utilisation',
    privacy: 'Confidentialité',
    imprint: 'Mentions légales',
    support: 'Aide',
  },

  reveal: { show: 'Afficher le mot de passe', hide: 'Masquer le mot de passe' },

  message: {
    status: 'État',
    reference: 'Référence',
    tryAgain: phrase('Veuillez réessayer {when}.'),
    again: 'Réessayer',
    notFound: { title: 'Il n’y a rien ici', text: 'L’adresse est peut-être mal saisie.' },
    forbidden: {
      title: 'Cette page n’est plus à jour',
      text: 'Elle est restée ouverte trop longtemps, ou vous vous êtes déconnecté entre-temps. Rien n’a été modifié. Veuillez recommencer.',
    },
    noCookie: {
      title: 'Votre navigateur n’a envoyé aucun cookie',
      text: 'Il bloque les cookies de ce site, et sans cookie personne ne peut se connecter : autorisez-les, puis réessayez. Si la page est restée ouverte plus d’une heure, réessayez simplement.',
    },
    badRequest: {
      title: 'Nous n’avons pas pu lire cela',
      text: 'Le formulaire est arrivé incomplet. Rien n’a été modifié. Veuillez recommencer.',
    },
    tooMany: {
      title: 'Un peu moins vite, s’il vous plaît',
      text: 'Trop de requêtes sont venues de vous ou de votre réseau. Rien n’a été modifié.',
    },
    unavailable: {
      title: 'Nous revenons tout de suite',
      text: 'Le service ne peut pas répondre pour le moment. Votre code reste valable jusqu’à son expiration.',
    },
    internal: {
      title: 'Une erreur s’est produite de notre côté',
      text: 'Vous n’y êtes pour rien. Veuillez réessayer ; si cela se reproduit, communiquez la référence ci-dessous.',
    },
    crossSite: {
      title: 'Cela venait d’un autre site',
      text: 'Un autre site a essayé d’agir en votre nom ; nous l’avons arrêté. Rien n’a été modifié.',
    },
  },
};
