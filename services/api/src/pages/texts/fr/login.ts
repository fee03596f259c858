import { phrase } from '@ravi/runtime';
import type { login as en } from '../en/login.ts';

export const login: typeof en = {
  switchedOff:
    'Les nouvelles connexions sont désactivées ici. Celles qui ont déjà commencé peuvent encore être autorisées.',

  enterCode: {
    title: 'Saisissez le code',
    lead: 'Votre programme affiche un code de huit lettres. Avant d’autoriser quoi que ce soit, vous verrez quel programme le demande.',
    label: 'Code',
    hint: 'Les majuscules, les espaces et le tiret n’ont pas d’importance.',
    submit: 'Continuer',
    problems: {
      unknown: 'Ce code n’existe pas. Veuillez le comparer à celui qu’affiche votre programme.',
      expired: 'Ce code a expiré. Recommencez dans votre programme pour en obtenir un nouveau.',
      used: 'Ce code a déjà été utilisé. Recommencez dans votre programme pour en obtenir un nouveau.',
      malformed: 'Ceci n’est pas un code. Un code comporte huit lettres, sans chiffres ni voyelles.',
      impossible: phrase(
        'Aucun code ne contient {characters} : un code comporte huit lettres, sans chiffres ni voyelles.',
      ),
      wrongLength: phrase('Un code comporte huit lettres ; celui-ci en a {letters}. Veuillez comparer.'),
      tooManyGuesses: phrase('Trop de codes ne correspondaient pas. Veuillez réessayer {when}.'),
    },
  },

  confirm: {
    title: 'Est-ce bien le code qu’affiche votre programme ?',
    lead: 'Comparez chaque lettre. Si votre programme affiche un autre code, ou si vous ne voyez aucun programme, refusez.',
    titleElsewhere: 'Venez-vous de lancer un programme ?',
    leadElsewhere: 'Il n’est à vous que s’il affiche exactement ce code. Sinon, refusez.',
    weSaw: 'Ce que nous avons vu',
    forService: 'Pour le service',
    asksFor: 'Demande',
    scopes: { account: 'Tout votre compte', identity: 'Une de vos identités' },
    address: 'Adresse',
    country: 'Pays',
    asked: 'Demande faite',
    goodUntil: 'Valable jusqu’à',
    itSays: 'Ce qu’il dit de lui-même',
    unverified: 'non vérifié',
    verified: 'Vérifié',
    sameKey: phrase('Il a la même clé que le programme que vous avez autorisé {when}.'),
    saysNothing: 'Rien.',
    name: 'Nom',
    software: 'Logiciel',
    sameNetwork: 'La demande vient du même réseau que ce navigateur.',
    otherNetwork:
      'La demande vient d’un autre réseau que ce navigateur. C’est le cas pour une machine distante, un VPN ou un téléphone en données mobiles.',
    sentToYou:
      'Quelqu’un vous a-t-il envoyé ce code ? Refusez : cette personne se connecterait à votre place.',
    numberLegend: 'Quel nombre affiche votre programme ?',
    numberHint:
      'S’il n’en affiche aucun, ou si quelqu’un vous a donné un nombre, refusez. Un mauvais nombre refuse la connexion.',
    lifetime: 'Durée de validité de ses clés',
    lifetimes: ['1 jour', '30 jours', '1 an'],
    endless: 'Jusqu’à ce que vous y mettiez fin',
    endlessIfUsed: phrase('Tant qu’il sert au moins une fois tous les {days} jours'),
    gets: 'Si vous autorisez, il obtient',
    given: phrase('tout le compte {account}'),
    givenFirstAs: phrase('tout le compte {account}, d’abord en tant que {name}'),
    onlyIdentity: phrase('seulement l’identité {name}'),
    ofAccount: phrase('De votre compte {account} :'),
    forTime: phrase('pour {time}'),
    keysForTime: phrase('ses clés pour {time}'),
    noEnd: 'jusqu’à ce que vous y mettiez fin',
    noEndIfUsed: phrase('tant qu’il sert au moins une fois tous les {days} jours'),
    change: 'Modifier',
    access: 'Ce qu’il peut utiliser',
    pleaseChoose: 'Veuillez choisir',
    wholeAccount: 'Tout le compte',
    anyIdentity: phrase('Tout le compte, avec n’importe laquelle de ses {identities} identités'),
    identityAlone: 'Une identité et rien d’autre',
    accountWith: 'Tout le compte, et d’abord en tant que',
    newIdentity: 'Une nouvelle identité, créée quand vous autorisez',
    newIdentityName: 'Nom de la nouvelle identité (facultatif)',
    onlyYours: 'N’autorisez que si vous venez de lancer cela vous-même.',
    approve: 'Autoriser',
    deny: 'Refuser',
    problems: {
      numberNeeded: 'Veuillez choisir le nombre qu’affiche votre programme.',
      noDecision: 'Veuillez choisir Refuser ou Autoriser.',
      unknownIdentity: 'Cette identité n’existe plus. Veuillez choisir à nouveau.',
      identityNeeded: 'Veuillez choisir une identité pour le programme, ou lui donner tout le compte.',
      nameWithoutNewIdentity:
        'Vous avez donné un nom pour une nouvelle identité, mais choisi autre chose. Choisissez la nouvelle identité, ou effacez le nom.',
      tooManyIdentities: 'Ce compte ne peut pas avoir plus d’identités. Veuillez choisir l’une des vôtres.',
    },
  },

  qr: {
    title: 'Scannez avec votre téléphone',
    lead: 'Uniquement pour un programme que vous avez lancé vous-même. Votre téléphone affiche à nouveau le code : comparez-le.',
    picture: 'Code QR de la page où vous décidez',
    orOpen: 'Pas d’appareil photo ? Saisissez le code à l’adresse',
  },

  result: {
    program: 'Programme',
    account: 'Compte',
    gets: 'Obtient',
    approved: { title: 'Autorisé' },
    denied: { title: 'Refusé' },
    wrongNumber: { title: 'Refusé : autre nombre' },
    approvedByYou: phrase('Autorisé par vous {when}'),
    deniedByYou: phrase('Refusé par vous {when}'),
    states: {
      waiting: 'Votre programme continue tout seul. Vous pouvez fermer cette page.',
      late: 'Le programme n’est pas encore venu chercher son accès. Vérifiez qu’il tourne encore. Si vous l’avez fermé, recommencez depuis le programme.',
      collected: 'Votre programme est connecté. Vous pouvez fermer cette page.',
      neverCame:
        'Le programme n’est jamais venu chercher son accès ; il n’en a donc pas. Si vous le souhaitez, recommencez depuis le programme.',
      aborted:
        'Le programme n’a pas obtenu d’accès : ses identifiants n’ont pas pu être créés. Recommencez la connexion dans votre programme.',
      past: 'C’était il y a un moment. La liste de vos programmes montre s’il a encore accès.',
      denied:
        'Le programme n’a pas obtenu d’accès. Si vous ne l’avez pas lancé, il n’y a rien d’autre à faire.',
      wrongNumber:
        'Votre programme affiche un autre nombre que celui que vous avez choisi ; il n’a donc pas obtenu d’accès.',
    },
    mistake:
      'C’était une erreur ? Recommencez dans votre programme : il affiche un nouveau code. Celui-ci reste refusé.',
    tooLate: {
      approve:
        'Vous avez maintenant choisi Autoriser, mais ce code avait déjà été refusé. Une décision ne change pas.',
      deny: 'Vous avez maintenant choisi Refuser, mais ce code avait déjà été autorisé. Une décision ne change pas, mais vous pouvez mettre fin à l’accès.',
    },
    look: 'Voir s’il s’est connecté',
    gone: 'Ce code n’est plus valable. Votre programme indique s’il s’est connecté. Vous pouvez fermer cette page.',
    endLater: 'Ce n’était pas vous, ou vous n’en voulez plus ? Mettez-y fin à tout moment :',
    elsewhere:
      'Le programme est sur un autre réseau que vous. Si quelqu’un vous a envoyé le code, il a maintenant cet accès, jusqu’à ce que vous y mettiez fin.',
    endNow: 'Y mettre fin',
    nothingKnown: {
      title: 'Nous n’en savons rien',
      text: 'Vous avez décidé de ce code il y a longtemps, ou pas du tout. Ce que vous avez autorisé figure dans la liste de vos programmes.',
      open: 'Ouvrir le code',
    },
  },

  home: {
    pageTitle: 'Connexion d’un appareil',
    title: 'Connecter un programme qui n’a pas de navigateur',
    lead: 'Un agent ou un outil en ligne de commande vous affiche un code. Saisissez-le ici, voyez quel programme le demande, et décidez.',
    developers: 'Pour les développeurs',
    startComment: 'demander un code, et montrer user_code à votre humain',
    waitComment: 'attendre la décision',
  },
};
