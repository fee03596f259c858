import { phrase } from '@ravi/runtime';
import type { passwords as en } from '../en/passwords.ts';

export const passwords: typeof en = {
  passwordFaults: {
    tooShort: phrase(
      'Ici, un mot de passe comporte au moins {characters} caractères. Quelques mots sans rapport entre eux conviennent bien.',
    ),
    tooLong: phrase('Ici, un mot de passe comporte au plus 256 caractères.'),
    common: phrase(
      'Beaucoup de gens utilisent ce mot de passe, il est donc essayé en premier. Veuillez en choisir un autre.',
    ),
    repeats: phrase(
      'Ce mot de passe répète ou énumère quelques caractères, ce qui est facile à deviner. Veuillez en choisir un autre.',
    ),
    ownWords: phrase(
      'Ce mot de passe est formé de votre adresse ou du nom de ce service, ce qui est facile à deviner. Veuillez en choisir un autre.',
    ),
  },

  passwordChange: {
    title: 'Changer votre mot de passe',
    lead: 'Cela vous déconnecte partout ailleurs. Les programmes gardent leur accès jusqu’à ce que vous y mettiez fin :',
    current: 'Mot de passe actuel',
    fresh: 'Nouveau mot de passe',
    submit: 'Changer le mot de passe',
    changed: 'Votre mot de passe est changé, et vous êtes déconnecté partout ailleurs.',
    atProvider:
      'Vous vous connectez par un fournisseur, il n’y a donc pas de mot de passe ici. Changez-le chez lui.',
    problems: {
      wrongPassword: 'Ce n’est pas votre mot de passe actuel. Veuillez réessayer.',
      tooManyAttempts: phrase('Trop de tentatives. Veuillez réessayer {when}.'),
    },
  },

  forgot: {
    link: 'Mot de passe oublié ?',
    title: 'Définir un nouveau mot de passe',
    lead: 'Nous envoyons un lien à votre adresse e-mail. Il fonctionne une seule fois, pendant une heure.',
    ask: 'Ce service n’envoie pas d’e-mails. Demandez à son exploitant un lien pour définir un nouveau mot de passe, d’une manière qui lui montre qui vous êtes.',
    submit: 'Envoyer le lien',
    sent: {
      title: 'Consultez votre messagerie',
      text: 'Si un compte a cette adresse, un lien y a été envoyé.',
      nothing:
        'Rien au bout de quelques minutes ? Regardez dans vos courriers indésirables et vérifiez l’adresse. Une adresse reçoit au plus quatre liens par heure.',
    },
    problems: {
      invalidEmail: 'Cela ne ressemble pas à une adresse e-mail. Veuillez vérifier.',
      tooManyAttempts: phrase(
        'Trop de liens ont été demandés depuis votre réseau. Veuillez réessayer {when}.',
      ),
    },
  },

  reset: {
    title: 'Définir un nouveau mot de passe',
    lead: 'Le lien fonctionne une seule fois. Définir le mot de passe vous déconnecte partout ; connectez-vous ensuite avec le nouveau.',
    programs: 'Vos programmes',
    keepPrograms: 'Ils continuent',
    endPrograms: 'Mettre fin à tous les programmes et clés',
    programsHint:
      'Mettez-y fin si quelqu’un d’autre a pu connaître votre mot de passe. Chacun devra être autorisé à nouveau.',
    submit: 'Définir le mot de passe',
    done: {
      title: 'Votre mot de passe est défini',
      text: 'Connectez-vous avec celui-ci. Vous avez été déconnecté partout.',
    },
    spent: {
      title: 'Ce lien ne fonctionne plus',
      text: 'Il a déjà été utilisé, date de plus d’une heure, ou un plus récent a été créé. Rien n’a été modifié. Demandez un nouveau lien.',
    },
  },
};
