import type { MailTexts } from './mail-texts.ts';

export const fr: MailTexts = {
  labels: { when: 'Quand :    ', address: 'Adresse :  ', software: 'Logiciel : ' },
  account: {
    reset: {
      subject: 'Définir un nouveau mot de passe',
      lead: 'Quelqu’un a demandé un nouveau mot de passe pour votre compte. Si c’est vous, ouvrez ce lien et choisissez-en un :',
      afterLink:
        'Le lien fonctionne une seule fois, pendant une heure. Si vous ne l’avez pas demandé, il n’y a rien à faire : votre mot de passe reste le même.',
    },
    resetAtProvider: {
      subject: 'Vous vous connectez par un fournisseur',
      lead: 'Quelqu’un a demandé un nouveau mot de passe pour votre compte. Il n’en a pas : vous vous connectez par un fournisseur, et c’est chez lui seul que vous pouvez retrouver votre accès. Connectez-vous ici :',
      afterLink: 'Si vous ne l’avez pas demandé, il n’y a rien à faire.',
    },
    verify: {
      subject: 'Confirmez votre adresse e-mail',
      lead: 'Un compte a été créé avec cette adresse e-mail. S’il est à vous, ouvrez ce lien et confirmez :',
      afterLink:
        'Le lien fonctionne une seule fois, pendant une heure. Si vous n’avez pas créé de compte, ne confirmez pas : vous ne recevrez rien d’autre.',
    },
    address: {
      subject: 'Confirmez votre nouvelle adresse e-mail',
      lead: 'Quelqu’un souhaite utiliser cette adresse e-mail pour son compte. Si c’est vous, ouvrez ce lien et confirmez :',
      afterLink:
        'Le lien fonctionne une seule fois, pendant une heure. Si ce n’est pas vous, il n’y a rien à faire : vous ne recevrez rien d’autre.',
    },
    addressWanted: {
      subject: 'Votre compte doit changer d’adresse e-mail',
      lead: 'Quelqu’un qui est connecté à votre compte souhaite utiliser une autre adresse e-mail pour celui-ci. Si c’est vous, il n’y a rien à faire. Sinon, changez votre mot de passe ici tout de suite, avant qu’elle ne soit confirmée :',
      afterLink: '',
    },
    addressChanged: {
      subject: 'L’adresse e-mail de votre compte a changé',
      lead: 'Votre compte a maintenant une autre adresse e-mail : connectez-vous avec celle-ci. Les deux adresses reçoivent ce message. Si ce n’est pas vous, adressez-vous tout de suite à l’exploitant de ce service. Vos sessions sont ici :',
      afterLink: '',
    },
    passwordChanged: {
      subject: 'Votre mot de passe a changé',
      lead: 'Le mot de passe de votre compte a été changé. Tous les autres navigateurs sont déconnectés. Si c’est vous, il n’y a rien à faire. Sinon, demandez-en un nouveau ici et mettez fin par la même occasion à tous les programmes :',
      afterLink: '',
    },
    accountDeleted: {
      subject: 'Votre compte a été supprimé',
      lead: 'Votre compte a été supprimé par quelqu’un qui y était connecté. Plus rien n’en fonctionne. Si c’est vous, il n’y a rien à faire. Sinon, prévenez tout de suite l’exploitant de ce service :',
      afterLink: '',
    },
    factorAdded: {
      subject: 'Un second facteur a été ajouté à votre compte',
      lead: 'Une application d’authentification ou une clé d’accès a été ajoutée à votre compte : elle permet d’y entrer.',
      ifNot: 'Si c’est vous, il n’y a rien à faire. Sinon, retirez-la ici et changez votre mot de passe :',
      afterLink:
        'Si l’on vous demande un facteur que vous n’avez pas, prévenez tout de suite l’exploitant de ce service : il peut le retirer, une fois sûr que c’est vous.',
    },
    factorReplaced: {
      subject: 'L’application d’authentification de votre compte a été remplacée',
      lead: 'Une autre application d’authentification a pris la place de celle de votre compte, dont les codes ne fonctionnent plus. Tous les navigateurs sont déconnectés, sauf celui où cela a été fait.',
      ifNot:
        'Si c’est vous, il n’y a rien à faire. Sinon, regardez ici ce qu’il y a et changez votre mot de passe :',
      afterLink: '',
    },
    factorRemoved: {
      subject: 'Un second facteur a été retiré de votre compte',
      lead: 'Une application d’authentification ou une clé d’accès a été retirée de votre compte. Tous les navigateurs sont déconnectés, sauf celui où cela a été fait.',
      ifNot:
        'Si c’est vous, il n’y a rien à faire. Sinon, regardez ici ce qui reste et changez votre mot de passe :',
      afterLink: '',
    },
    factorsReset: {
      subject: 'Tous les seconds facteurs de votre compte ont été retirés',
      lead: 'L’exploitant de ce service a retiré l’application d’authentification, les clés d’accès et les codes de secours de votre compte, comme il le fait pour les personnes qui ont perdu leur téléphone. Si vous ne l’avez pas demandé, prévenez-le tout de suite. Configurez un nouveau facteur ici :',
      afterLink: '',
    },
    recoveryCodesMade: {
      subject: 'De nouveaux codes de secours pour votre compte',
      lead: 'De nouveaux codes de secours ont été créés pour votre compte ; les anciens ne fonctionnent plus. Tous les navigateurs sont déconnectés, sauf celui où cela a été fait.',
      ifNot:
        'Si c’est vous, il n’y a rien à faire. Sinon, créez-en d’autres ici et changez votre mot de passe :',
      afterLink: '',
    },
    recoveryCodeUsed: {
      subject: 'Un code de secours de votre compte a été utilisé',
      lead: 'Quelqu’un s’est connecté à votre compte avec l’un de ses codes de secours, qui ne fonctionne plus. Si c’est vous, voyez ici combien il en reste. Sinon, créez-en de nouveaux ici et changez votre mot de passe :',
      afterLink: '',
    },
    providerLinked: {
      subject: 'Un fournisseur a été associé à votre compte',
      lead: 'Un fournisseur a été associé à votre compte : quiconque s’y connecte peut entrer ici.',
      ifNot: 'Si c’est vous, il n’y a rien à faire. Sinon, dissociez-le ici et changez votre mot de passe :',
      afterLink: '',
    },
    providerUnlinked: {
      subject: 'Un fournisseur a été dissocié de votre compte',
      lead: 'Un fournisseur a été dissocié de votre compte : plus personne ne se connecte par lui. Tous les navigateurs sont déconnectés, sauf celui où cela a été fait.',
      ifNot:
        'Si c’est vous, il n’y a rien à faire. Sinon, regardez ici ce qui reste et changez votre mot de passe :',
      afterLink: '',
    },
    signInPutBack: {
      subject: 'Votre façon de vous connecter a été rétablie',
      lead: 'Les seconds facteurs et les fournisseurs de votre compte ont été rétablis tels qu’avant un changement, par le lien que nous vous avons envoyé. Tous les navigateurs sont déconnectés. Si ce n’est pas vous, quelqu’un lit votre courrier : sécurisez d’abord votre boîte, puis connectez-vous et regardez ce qu’il y a :',
      afterLink: '',
    },
    accountBlocked: {
      subject: 'Votre compte a été bloqué',
      lead: 'L’exploitant de ce service a bloqué votre compte. Personne ne s’y connecte, et vos programmes et clés ne fonctionnent plus. Si vous ne savez pas pourquoi, demandez-le-lui :',
      afterLink: '',
    },
    accountUnblocked: {
      subject: 'Votre compte n’est plus bloqué',
      lead: 'L’exploitant de ce service vous laisse de nouveau vous connecter. Les programmes et clés auxquels il a été mis fin le restent : chaque programme doit se reconnecter. Connectez-vous ici :',
      afterLink: '',
    },
    secondStepAsked: {
      subject: 'Quelqu’un connaît votre mot de passe',
      lead: 'Quelqu’un a saisi le mot de passe de votre compte dans un navigateur inconnu de celui-ci et n’a pas encore franchi la seconde étape. Si c’est vous, il n’y a rien à faire. Sinon, changez votre mot de passe ici dès maintenant :',
      afterLink: '',
    },
    signedIn: {
      subject: 'Nouvelle connexion à votre compte',
      lead: 'Quelqu’un s’est connecté à votre compte dans un navigateur qui n’y avait jamais servi. Si c’est vous, il n’y a rien à faire. Sinon, mettez fin à cette session ici et changez votre mot de passe :',
      afterLink: '',
    },
  },
  undo: {
    lead: 'Si c’est vous, il n’y a rien à faire. Sinon, ouvrez ce lien. La page montre ce qui a été changé, et son bouton rétablit ce qui était avant :',
    afterLink:
      'Le bouton déconnecte aussi tous les navigateurs et met fin à vos programmes, sauf si vous choisissez autrement. Le lien sert une seule fois, pendant 7 jours. Si votre compte a un mot de passe, il vous est demandé. Changez-le ensuite.',
  },
  notVerified: 'non vérifié',
  unnamed: '(sans nom)',
  approval: {
    subject: 'Un programme a reçu l’accès à votre compte',
    lead: 'Vous venez d’autoriser la connexion d’un programme, ou quelqu’un qui est connecté à votre compte l’a fait.',
    labels: {
      name: 'Se nomme :       ',
      address: 'Demandé depuis : ',
      software: 'Logiciel :       ',
      approved: 'Autorisé :       ',
    },
    afterFacts:
      'Si c’est vous, il n’y a rien à faire.\n\nSinon, appuyez ici sur « Ce n’était pas moi » à côté du programme. La page dit ensuite ce qui aide encore :',
  },
  unused: {
    subject: 'Une connexion inutilisée a pris fin',
    lead: 'La connexion d’un programme à votre compte a pris fin d’elle-même, parce que rien n’en a été utilisé pendant longtemps.',
    labels: {
      name: 'Se nomme :             ',
      approved: 'Autorisée :            ',
      used: 'Dernière utilisation : ',
    },
    afterFacts:
      'Ses jetons et ses clés d’API ne fonctionnent plus. Si vous avez encore besoin du programme, connectez-le de nouveau. Sinon, il n’y a rien à faire.\nVos autres programmes :',
  },
};
