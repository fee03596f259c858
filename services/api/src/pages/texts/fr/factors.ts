import { phrase } from '@ravi/runtime';
import type { factors as en } from '../en/factors.ts';

export const factors: typeof en = {
  passkey: {
    signIn: 'Se connecter avec une clé d’accès',
    prove: 'Utiliser votre clé d’accès',
    unsupported:
      'Pour une clé d’accès, cette page a besoin de JavaScript et d’un navigateur qui les prend en charge.',
    failed: 'Cela n’a pas fonctionné, ou a été annulé. Réessayez, ou choisissez un autre moyen.',
    known: 'Cet appareil a déjà une clé d’accès pour ce compte.',
    refused: {
      wrong:
        'La clé d’accès n’a pas été acceptée : la page est peut-être restée ouverte trop longtemps. Réessayez.',
      replayed: 'Cette réponse de votre clé d’accès a déjà été utilisée. Réessayez.',
      unknown: 'Aucun compte n’a cette clé d’accès ici. Elle a peut-être été retirée.',
      cloned:
        'Cette clé d’accès existe en double : son compteur a reculé. Connectez-vous autrement et retirez-la de votre compte.',
    },
  },

  secondStep: {
    title: 'Confirmez que c’est bien vous',
    lead: phrase('Le mot de passe est correct. Encore une étape pour {email} :'),
    afterProvider: phrase(
      '{provider} dit que c’est bien vous. Ce compte demande aussi sa propre deuxième étape.',
    ),
    codeLead:
      'Saisissez les six chiffres que votre application d’authentification affiche maintenant, ou l’un de vos codes de secours.',
    code: 'Code de votre application, ou un code de secours',
    recoveryOnly: 'Code de secours',
    submit: 'Continuer',
    lost: 'Je n’ai pas mon téléphone ni ma clé d’accès',
    lostHelp:
      'Saisissez plutôt l’un de vos codes de secours : chacun fonctionne une fois. S’il ne vous en reste aucun, adressez-vous à l’exploitant de ce service : il peut retirer vos seconds facteurs une fois sûr que c’est bien vous. Un nouveau mot de passe seul ne suffit pas.',
    other: 'Se connecter en tant que quelqu’un d’autre',
    or: 'Ou avec un code :',
    problems: {
      wrong:
        'Ce code n’est pas bon. Vérifiez que votre téléphone règle son heure tout seul, puis saisissez le code suivant.',
      wrongRecovery:
        'Ce code de secours n’est pas bon, ou a déjà été utilisé. Comparez chaque caractère, ou saisissez-en un autre.',
      replayed: 'Ce code a déjà été utilisé. Attendez que votre application affiche le suivant.',
      none: 'Votre compte n’a pas d’application d’authentification. Utilisez votre clé d’accès ou un code de secours.',
      unreadable:
        'Les codes de votre application ne peuvent plus être vérifiés ici. Utilisez une clé d’accès ou un code de secours, et configurez à nouveau l’application.',
      tooManyAttempts: phrase(
        'Trop de codes erronés. Veuillez réessayer {when}, ou utilisez une clé d’accès ou un code de secours.',
      ),
    },
  },

  onceMore: {
    title: 'Est-ce toujours vous ?',
    lead: 'Votre connexion date d’un moment. Avant de continuer, montrez encore une fois que c’est bien vous.',
    submit: 'Continuer',
    through: phrase('Continuer avec {provider}'),
    problems: {
      wrongPassword: 'Le mot de passe est incorrect.',
      tooManyAttempts: phrase('Trop de tentatives. Veuillez réessayer {when}.'),
    },
  },

  security: {
    link: 'Sécurité',
    title: 'Comment vous vous connectez',
    lead: 'Avec un second facteur, votre mot de passe seul ne laisse entrer personne.',
    required:
      'Ici, personne n’autorise un programme avec un mot de passe seul. Configurez d’abord l’un de ces moyens.',
    atProvider: 'Vous vous connectez par un fournisseur. Un second facteur se configure chez lui.',
    app: 'Application d’authentification',
    appNone:
      'Affiche un nouveau code toutes les 30 secondes, sur votre téléphone ou dans un gestionnaire de mots de passe.',
    appAdd: 'Configurer une application',
    appReplace: 'La remplacer par une autre application',
    passkeys: 'Clés d’accès',
    passkeysNone: 'Connectez-vous par empreinte, visage, code PIN ou clé de sécurité, sans mot de passe.',
    passkeyName: 'Nom de la nouvelle clé d’accès',
    passkeyNameHint: 'Par exemple « portable du travail », pour la reconnaître ici.',
    passkeyAdd: 'Ajouter une clé d’accès',
    passkeyMost: 'Un compte ne peut pas en avoir plus.',
    added: 'Ajoutée',
    used: 'Dernière utilisation',
    neverUsed: 'pas encore utilisé',
    kept: 'Conservée',
    synced: 'sur plusieurs appareils',
    single: 'sur un appareil',
    remove: 'Retirer',
    recovery: 'Codes de secours',
    recoveryLeft: phrase(
      'Codes de secours restants : {count}. Chacun fonctionne une fois, à la place de votre application ou clé d’accès.',
    ),
    recoveryNone: 'Il ne vous en reste aucun.',
    recoveryMake: 'Créer de nouveaux codes',
    recoveryEnds: 'De nouveaux codes remplacent les anciens.',
    onlyOne: 'C’est votre seul second facteur. Ajoutez-en un autre, au cas où vous le perdriez.',
    unnamed: 'Clé d’accès',
    providers: {
      title: 'Fournisseurs',
      lead: 'Connectez-vous aussi par ceux-ci. Quiconque peut entrer chez eux peut entrer ici.',
      linkTo: phrase('Associer {provider}'),
      onTo: phrase('Vers {provider}'),
      unlink: 'Dissocier',
      address: 'Adresse chez lui',
      linked: 'Associé',
      confirmFirst: 'Pour associer un fournisseur, confirmez d’abord votre adresse e-mail.',
    },
    done: {
      app: 'Votre application d’authentification est configurée. Les autres navigateurs restent connectés.',
      appReplaced:
        'Votre nouvelle application d’authentification est configurée, et l’ancienne ne fonctionne plus. Tous les autres navigateurs sont déconnectés.',
      passkey: 'Votre clé d’accès est ajoutée. Les autres navigateurs restent connectés.',
      appRemoved:
        'Votre application d’authentification est retirée. Tous les autres navigateurs sont déconnectés.',
      passkeyRemoved: 'Votre clé d’accès est retirée. Tous les autres navigateurs sont déconnectés.',
      recovery: phrase(
        'Vous vous êtes connecté avec un code de secours. Codes restants : {count}. Si vous avez perdu votre téléphone ou votre clé d’accès, retirez ce facteur ci-dessous et configurez-en un nouveau.',
      ),
      linked:
        'Le fournisseur est associé : vous pouvez désormais vous connecter aussi par lui. Les autres navigateurs restent connectés.',
      unlinked: 'Le fournisseur est dissocié. Tous les autres navigateurs sont déconnectés.',
    },
    problems: {
      answer:
        'La clé d’accès n’a pas été ajoutée. La page est peut-être restée ouverte trop longtemps : réessayez.',
      conflict: 'Cette clé d’accès existe déjà, ou il n’y a plus de place pour une autre.',
      lastWayIn:
        'C’est votre seul moyen de vous connecter. Associez un autre fournisseur avant de dissocier celui-ci.',
    },
  },

  setUpApp: {
    title: 'Configurer une application d’authentification',
    lead: 'Scannez ceci avec votre application, puis saisissez le code qu’elle affiche.',
    replaceTitle: 'Remplacer votre application d’authentification',
    replaceLead:
      'L’ancienne fonctionne jusqu’à ce que vous saisissiez le code de la nouvelle. Tous les autres navigateurs sont alors déconnectés.',
    replaceSubmit: 'Remplacer',
    picture: 'Code QR contenant le secret de votre application',
    byHand: 'Pas d’appareil photo ? Saisissez cette clé dans l’application :',
    here: 'Ouvrir dans une application de cet appareil',
    code: 'Code de l’application',
    submit: 'Configurer',
    cancel: 'Pas maintenant',
    wrong:
      'Ce n’est pas le code que l’application affiche maintenant. Vérifiez que votre téléphone règle son heure tout seul, puis saisissez le code suivant.',
  },

  recoveryCodes: {
    title: 'Vos codes de secours',
    lead: 'Gardez-les là où vous les retrouverez sans votre téléphone : sur papier, ou dans un gestionnaire de mots de passe. Ils ne s’affichent que maintenant.',
    each: 'Chacun fonctionne une fois, à la place de votre application ou clé d’accès. De nouveaux codes remplacent les anciens.',
    others: 'Tous les autres navigateurs sont déconnectés.',
    done: 'Je les ai enregistrés',
  },

  removeFactor: {
    title: 'Retirer votre dernier second facteur ?',
    lead: 'C’est votre dernier second facteur. Sans lui, quiconque connaît votre mot de passe peut entrer, et vos codes de secours ne valent plus.',
    password: 'Votre mot de passe',
    submit: 'Le retirer',
    cancel: 'Le garder',
    problems: {
      wrongPassword: 'Le mot de passe est incorrect.',
      shortPassword: phrase(
        'Votre mot de passe est trop court pour être votre seule protection. Changez-le d’abord : au moins {minLength} caractères.',
      ),
      tooManyAttempts: phrase('Trop de tentatives. Veuillez réessayer {when}.'),
    },
  },

  undo: {
    title: 'Annuler ce changement ?',
    lead: 'Quelqu’un a changé votre façon de vous connecter. Si ce n’est pas vous, elle est rétablie telle qu’elle était avant, y compris ce qui a été changé depuis. Tous les navigateurs sont alors déconnectés, et il est mis fin à tous les programmes, sauf si vous choisissez autrement.',
    changed: 'Changé',
    changes: {
      title: 'Ce qui a été changé, et qui sera rétabli',
      passkeysAdded: phrase('Clés d’accès ajoutées : {count}. Elles seront retirées.'),
      passkeysRemoved: phrase('Clés d’accès retirées : {count}. Elles fonctionneront de nouveau.'),
      app: {
        added: 'Une application d’authentification a été configurée. Elle sera retirée.',
        replaced: 'L’application d’authentification a été remplacée. La précédente fonctionnera de nouveau.',
        removed: 'L’application d’authentification a été retirée. Elle fonctionnera de nouveau.',
      },
      recoveryCodes: {
        made: 'De nouveaux codes de secours ont été créés. Les précédents fonctionneront de nouveau.',
        ended: 'Les codes de secours ont été supprimés. Ils fonctionneront de nouveau.',
      },
      recoveryCodesUsed: phrase('Codes de secours utilisés : {count}. Ils fonctionneront de nouveau.'),
      linked: phrase('{provider} a été associé. Il ne laissera plus entrer personne.'),
      unlinked: phrase('{provider} a été dissocié. Il vous laissera entrer de nouveau.'),
      nothing:
        'Vous vous connectez déjà comme avant le changement. Tous les navigateurs seront quand même déconnectés.',
    },
    programsHint:
      'L’auteur de ce changement a pu autoriser un programme à lui. Chacun de ceux qui prennent fin devra être autorisé de nouveau.',
    submit: 'Rétablir',
    otherwise: 'Si c’est vous, il n’y a rien à faire : fermez cette page.',
    done: {
      title: 'Vous vous connectez comme avant',
      text: 'Tous les navigateurs sont déconnectés. Connectez-vous, changez votre mot de passe si vous en avez un, et regardez vos programmes et ce qui s’est passé dans votre compte.',
      programsEnded:
        'Tous les navigateurs sont déconnectés, et il a été mis fin à tous les programmes et à toutes les clés. Connectez-vous, changez votre mot de passe si vous en avez un, et regardez ce qui s’est passé dans votre compte.',
    },
    over: {
      title: 'Ce lien n’est plus valable',
      text: 'Il a été utilisé, a plus de 7 jours, ou un autre a tout rétabli. Si vous ne pouvez pas vous connecter, adressez-vous à l’exploitant de ce service.',
    },
  },
};
