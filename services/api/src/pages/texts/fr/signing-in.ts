import { phrase } from '@ravi/runtime';
import type { signingIn as en } from '../en/signing-in.ts';

export const signingIn: typeof en = {
  signIn: {
    title: 'Se connecter',
    forCode: phrase('pour décider du code {code}'),
    submit: 'Se connecter',
    through: phrase('Se connecter avec {provider}'),
    or: 'ou avec adresse e-mail et mot de passe',
    noAccount: 'Nouveau ici ?',
    toSignUp: 'Créer un compte',
    problems: {
      wrongCredentials: 'L’adresse e-mail et le mot de passe ne correspondent pas. Veuillez réessayer.',
      tooManyAttempts: phrase('Trop de tentatives. Veuillez réessayer {when}.'),
      invalidInput: 'Veuillez saisir votre adresse e-mail et votre mot de passe.',
      blocked: 'Votre compte est bloqué. Adressez-vous à l’exploitant de ce service.',
    },
  },

  signInFailure: {
    title: 'Vous n’êtes pas connecté',
    notLinked: 'Le fournisseur n’a pas été associé',
    back: 'Retour à la connexion',
    reasons: {
      declined: phrase(
        'Vous n’avez pas donné votre accord chez {provider}, il ne s’est donc rien passé. Reconnectez-vous si c’était une erreur.',
      ),
      unmatched: phrase(
        'Cette réponse ne correspond à aucune connexion commencée dans ce navigateur. Veuillez recommencer et autoriser les cookies de ce site.',
      ),
      expired: phrase(
        'Cela a duré plus de dix minutes ; pour votre sécurité, la connexion n’est plus valable. Veuillez recommencer.',
      ),
      spent: phrase(
        'Cette connexion a déjà été utilisée, peut-être dans un autre onglet. Veuillez recommencer.',
      ),
      emailTaken: phrase(
        'L’adresse e-mail donnée par {provider} appartient à un compte qui se connecte autrement. Veuillez vous connecter comme auparavant. Ensuite, vous pourrez y associer {provider} dans « Comment vous vous connectez ».',
      ),
      noEmail: phrase(
        '{provider} n’a confirmé aucune adresse e-mail à vous, et un nouveau compte en a besoin. Confirmez votre adresse là-bas, ou connectez-vous autrement.',
      ),
      untrusted: phrase(
        'La réponse de {provider} n’a pas passé nos contrôles, nous ne l’avons donc pas utilisée. Veuillez recommencer ; si cela se reproduit, prévenez l’exploitant de ce service.',
      ),
      notAskedAgain: phrase(
        '{provider} ne vous a pas redemandé qui vous êtes ; rien n’a donc été modifié ici. Déconnectez-vous de {provider}, puis réessayez ; si cela se reproduit, prévenez l’exploitant de ce service.',
      ),
      providerDown: phrase(
        '{provider} ne répond pas pour le moment. Veuillez réessayer dans quelques minutes, ou connectez-vous autrement. Votre code reste valable jusqu’à son expiration.',
      ),
      busy: phrase(
        'Votre compte est en cours de création dans un autre onglet. Veuillez vous reconnecter dans un instant.',
      ),
      blocked: phrase('Votre compte est bloqué. Adressez-vous à l’exploitant de ce service.'),
      linkedElsewhere: phrase(
        'Votre identité chez {provider} ouvre déjà un autre compte ici, elle n’a donc pas été associée. Connectez-vous avec {provider} pour atteindre ce compte ; dissociez-la ou supprimez-le, puis revenez.',
      ),
      tooManyLinks: phrase(
        'Ce compte a autant de fournisseurs qu’il peut en avoir. Dissociez-en un avant d’associer {provider}.',
      ),
      linkBusy: phrase(
        '{provider} est en cours d’association dans un autre onglet. Veuillez réessayer dans un instant.',
      ),
      otherSession: phrase(
        'Entre-temps, vous vous êtes déconnecté ou connecté sous un autre compte ; {provider} n’a donc pas été associé. Veuillez recommencer.',
      ),
    },
  },

  signedIn: { title: 'Vous êtes connecté', next: 'Continuer' },

  signUp: {
    title: 'Créer un compte',
    forCode: phrase('pour décider du code {code}'),
    submit: 'Créer le compte',
    emailHint: 'Nous y envoyons un lien pour confirmer qu’elle est à vous.',
    firstName: 'Prénom (facultatif)',
    lastName: 'Nom (facultatif)',
    passwordHint: phrase(
      'Au moins {characters} caractères. Quelques mots sans rapport entre eux conviennent bien.',
    ),
    haveAccount: 'Vous avez déjà un compte ?',
    toSignIn: 'Se connecter',
    signInInstead: 'Se connecter plutôt',
    problems: {
      emailTaken: 'Il existe déjà un compte avec cette adresse e-mail.',
      invalidEmail: 'Cela ne ressemble pas à une adresse e-mail. Veuillez vérifier.',
      invalidName: 'Un nom comporte au plus 80 caractères, sur une seule ligne. Veuillez vérifier.',
      tooManyAttempts: phrase('Trop de tentatives. Veuillez réessayer {when}.'),
    },
  },
};
