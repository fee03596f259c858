import { phrase } from '@ravi/runtime';
import type { common as en } from '../en/common.ts';

export const common: typeof en = {
  lang: 'es',
  dir: 'ltr',
  languageName: 'Español',
  problemPrefix: 'Problema:',
  standingAdvice:
    'Un código solo viene de un programa que usted mismo ha iniciado. Si alguien le ha enviado uno, no lo utilice.',
  email: 'Correo electrónico',
  password: 'Contraseña',
  signedInAs: 'Sesión iniciada como',
  notYou: '¿No es usted? Cerrar sesión',
  toDevice: 'Introducir un código',
  toAccount: 'Su cuenta',
  signedOut: 'Ha cerrado sesión.',
  colon: ':',
  languages: 'Idioma',

  links: { terms: 'Condiciones de uso', privacy: 'Privacidad', imprint: 'Aviso legal', support: 'Ayuda' },

  reveal: { show: 'Mostrar la contraseña', hide: 'Ocultar la contraseña' },

  message: {
    status: 'Estado',
    reference: 'Referencia',
    tryAgain: phrase('Vuelva a intentarlo {when}.'),
    again: 'Volver a intentarlo',
    notFound: { title: 'Aquí no hay nada', text: 'Puede que la dirección esté mal escrita.' },
    forbidden: {
      title: 'Esta página ha caducado',
      text: 'Ha estado abierta demasiado tiempo, o ha cerrado sesión entretanto. No se ha cambiado nada. Empiece de nuevo.',
    },
    noCookie: {
      title: 'Su navegador no ha enviado ninguna cookie',
      text: 'Bloquea las cookies de este sitio, y sin ellas nadie puede iniciar sesión: permítalas y vuelva a intentarlo. Si la página llevaba más de una hora abierta, basta con volver a intentarlo.',
    },
    badRequest: {
      title: 'No hemos podido leerlo',
      text: 'El formulario ha llegado incompleto. No se ha cambiado nada. Empiece de nuevo.',
    },
    tooMany: {
      title: 'Un poco más despacio, por favor',
      text: 'Han llegado demasiadas solicitudes de usted o de su red. No se ha cambiado nada.',
    },
    unavailable: {
      title: 'Volvemos enseguida',
      text: 'El servicio no puede responder en este momento. Su código sigue siendo válido hasta que caduque.',
    },
    internal: {
      title: 'Algo ha fallado por nuestra parte',
      text: 'No es culpa suya. Vuelva a intentarlo; si ocurre de nuevo, comunique la referencia de abajo.',
    },
    crossSite: {
      title: 'Esto procedía de otro sitio web',
      text: 'Otro sitio web ha intentado actuar en su nombre y lo hemos impedido. No se ha cambiado nada.',
    },
  },
};
