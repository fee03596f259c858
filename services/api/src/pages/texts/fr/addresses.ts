import { phrase } from '@ravi/runtime';
import type { addresses as en } from '../en/addresses.ts';

export const addresses: typeof en = {
  address: {
    title: 'Changer votre adresse e-mail',
    lead: 'Nous envoyons un lien à la nouvelle adresse ; le changement prend effet quand vous le confirmez là-bas. L’adresse actuelle en est informée.',
    ask: 'Ce service n’envoie pas d’e-mails, les adresses ne peuvent donc pas être changées ici. Adressez-vous à son exploitant.',
    fresh: 'Nouvelle adresse e-mail',
    submit: 'Envoyer le lien',
    sent: 'Un lien est en route vers la nouvelle adresse. Il fonctionne une seule fois, pendant une heure. Tant que vous ne confirmez pas, rien ne change.',
    problems: {
      invalidEmail: 'Cela ne ressemble pas à une adresse e-mail. Veuillez vérifier.',
      wrongPassword: 'Ce n’est pas votre mot de passe actuel. Veuillez réessayer.',
      tooManyAttempts: phrase('Trop de tentatives. Veuillez réessayer {when}.'),
    },
    confirm: {
      title: 'Est-ce votre nouvelle adresse e-mail ?',
      lead: 'Votre compte aura alors cette adresse, et vous vous connecterez avec elle. Si vous ne l’avez pas demandé, fermez cette page.',
      submit: 'Oui, l’utiliser',
    },
    results: {
      moved: {
        title: 'Votre adresse est changée',
        text: 'Connectez-vous désormais avec la nouvelle. Les deux adresses ont été informées.',
      },
      bad: {
        title: 'Ce lien ne fonctionne plus',
        text: 'Il a déjà été utilisé, date de plus d’une heure, un plus récent a été envoyé, ou le mot de passe a été changé depuis. L’ouvrir maintenant ne change rien.',
      },
      taken: {
        title: 'Un autre compte a cette adresse',
        text: 'Une adresse appartient à un seul compte. Rien n’a été modifié.',
      },
    },
  },

  verify: {
    title: 'Est-ce votre adresse e-mail ?',
    lead: 'Ne confirmez que si vous avez créé ce compte vous-même. Sinon, fermez cette page.',
    submit: 'Oui, la confirmer',
    done: {
      title: 'Votre adresse est confirmée',
      text: 'Nous vous y informons quand quelque chose arrive à votre compte, et pouvons vous envoyer un lien si vous oubliez votre mot de passe.',
    },
    spent: {
      title: 'Ce lien ne fonctionne plus',
      text: 'Il a déjà été utilisé, date de plus d’une heure, ou un plus récent a été envoyé. Connectez-vous pour en recevoir un autre.',
    },
    missing: {
      text: 'Votre adresse e-mail n’est pas confirmée. Sans cela, personne ne vous y informe de ce qui arrive à votre compte.',
      send: 'Envoyer un lien pour la confirmer',
      sent: 'Un lien est en route vers votre adresse. Il fonctionne pendant une heure ; une adresse en reçoit au plus quatre par heure.',
    },
  },
};
