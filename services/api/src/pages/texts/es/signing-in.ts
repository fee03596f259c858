import { phrase } from '@ravi/runtime';
import type { signingIn as en } from '../en/signing-in.ts';

export const signingIn: typeof en = {
  signIn: {
    title: 'Iniciar sesión',
    forCode: phrase('para decidir sobre el código {code}'),
    submit: 'Iniciar sesión',
    through: phrase('Iniciar sesión con {provider}'),
    or: 'o con correo electrónico y contraseña',
    noAccount: '¿Es la primera vez?',
    toSignUp: 'Crear una cuenta',
    problems: {
      wrongCredentials: 'El correo electrónico y la contraseña no coinciden. Vuelva a intentarlo.',
      tooManyAttempts: phrase('Demasiados intentos. Vuelva a intentarlo {when}.'),
      invalidInput: 'Introduzca su correo electrónico y su contraseña.',
      blocked: 'Su cuenta está bloqueada. Diríjase a quien gestiona este servicio.',
    },
  },

  signInFailure: {
    title: 'No ha iniciado sesión',
    notLinked: 'El proveedor no se ha vinculado',
    back: 'Volver al inicio de sesión',
    reasons: {
      declined: phrase(
        'No dio su consentimiento en {provider}, así que no ha pasado nada. Inicie sesión de nuevo si fue un error.',
      ),
      unmatched: phrase(
        'Esta respuesta no corresponde a ningún inicio de sesión empezado en este navegador. Empiece de nuevo y permita las cookies de este sitio.',
      ),
      expired: phrase(
        'Ha tardado más de diez minutos; por su seguridad, el inicio de sesión ya no es válido. Empiece de nuevo.',
      ),
      spent: phrase('Este inicio de sesión ya se ha utilizado, quizá en otra pestaña. Empiece de nuevo.'),
      emailTaken: phrase(
        'El correo electrónico que dio {provider} pertenece a una cuenta que inicia sesión de otra manera. Inicie sesión como lo hacía antes. Después podrá vincular {provider} en «Cómo inicia sesión».',
      ),
      noEmail: phrase(
        '{provider} no ha confirmado ningún correo electrónico suyo, y una cuenta nueva necesita uno. Confirme allí su dirección o inicie sesión de otra manera.',
      ),
      untrusted: phrase(
        'La respuesta de {provider} no ha superado nuestras comprobaciones y no la hemos utilizado. Empiece de nuevo; si vuelve a ocurrir, avise a quien gestiona este servicio.',
      ),
      notAskedAgain: phrase(
        '{provider} no le ha vuelto a preguntar quién es, así que aquí no ha cambiado nada. Cierre la sesión en {provider} y vuelva a intentarlo; si vuelve a ocurrir, avise a quien gestiona este servicio.',
      ),
      providerDown: phrase(
        '{provider} no responde en este momento. Vuelva a intentarlo en unos minutos o inicie sesión de otra manera. Su código sigue siendo válido hasta que caduque.',
      ),
      busy: phrase('Su cuenta se está creando en otra pestaña. Inicie sesión de nuevo dentro de un momento.'),
      blocked: phrase('Su cuenta está bloqueada. Diríjase a quien gestiona este servicio.'),
      linkedElsewhere: phrase(
        'Con su identidad en {provider} ya se entra aquí en otra cuenta, así que no se ha vinculado. Inicie sesión con {provider} para llegar a esa cuenta; desvincúlela allí o elimine la cuenta, y vuelva después.',
      ),
      tooManyLinks: phrase(
        'Esta cuenta tiene tantos proveedores como puede tener. Desvincule uno antes de vincular {provider}.',
      ),
      linkBusy: phrase(
        '{provider} se está vinculando en otra pestaña. Vuelva a intentarlo dentro de un momento.',
      ),
      otherSession: phrase(
        'Entretanto cerró la sesión o la inició con otra cuenta, así que {provider} no se ha vinculado. Empiece de nuevo.',
      ),
    },
  },

  signedIn: { title: 'Ha iniciado sesión', next: 'Continuar' },

  signUp: {
    title: 'Crear una cuenta',
    forCode: phrase('para decidir sobre el código {code}'),
    submit: 'Crear cuenta',
    emailHint: 'Le enviamos un enlace a esa dirección para confirmar que es suya.',
    firstName: 'Nombre (opcional)',
    lastName: 'Apellidos (opcional)',
    passwordHint: phrase(
      'Al menos {characters} caracteres. Unas cuantas palabras sin relación son una buena opción.',
    ),
    haveAccount: '¿Ya tiene una cuenta?',
    toSignIn: 'Iniciar sesión',
    signInInstead: 'Iniciar sesión',
    problems: {
      emailTaken: 'Ya existe una cuenta con este correo electrónico.',
      invalidEmail: 'Esto no parece un correo electrónico. Compruébelo.',
      invalidName: 'Un nombre tiene como máximo 80 caracteres, en una sola línea. Compruébelo.',
      tooManyAttempts: phrase('Demasiados intentos. Vuelva a intentarlo {when}.'),
    },
  },
};
