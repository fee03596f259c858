import { phrase } from '@ravi/runtime';
import type { passwords as en } from '../en/passwords.ts';

export const passwords: typeof en = {
  passwordFaults: {
    tooShort: phrase(
      'Aquí una contraseña tiene al menos {characters} caracteres. Unas cuantas palabras sin relación son una buena opción.',
    ),
    tooLong: phrase('Aquí una contraseña tiene como máximo 256 caracteres.'),
    common: phrase('Mucha gente usa esta contraseña, así que es de las primeras que se prueban. Elija otra.'),
    repeats: phrase('Repite o enumera unos pocos caracteres, lo que es fácil de adivinar. Elija otra.'),
    ownWords: phrase(
      'Está hecha con su dirección o con el nombre de este servicio, lo que es fácil de adivinar. Elija otra.',
    ),
  },

  passwordChange: {
    title: 'Cambiar la contraseña',
    lead: 'Esto cierra su sesión en todos los demás sitios. Los programas conservan su acceso hasta que usted lo termine:',
    current: 'Contraseña actual',
    fresh: 'Contraseña nueva',
    submit: 'Cambiar la contraseña',
    changed: 'Su contraseña ha cambiado, y se ha cerrado su sesión en todos los demás sitios.',
    atProvider: 'Inicia sesión a través de un proveedor, así que aquí no hay contraseña. Cámbiela allí.',
    problems: {
      wrongPassword: 'Esta no es su contraseña actual. Vuelva a intentarlo.',
      tooManyAttempts: phrase('Demasiados intentos. Vuelva a intentarlo {when}.'),
    },
  },

  forgot: {
    link: '¿Ha olvidado la contraseña?',
    title: 'Establecer una contraseña nueva',
    lead: 'Enviamos un enlace a su correo electrónico. Funciona una sola vez, durante una hora.',
    ask: 'Este servicio no envía correos. Pida a quien lo gestiona un enlace para establecer una contraseña nueva, de una manera que demuestre quién es usted.',
    submit: 'Enviar el enlace',
    sent: {
      title: 'Mire su buzón',
      text: 'Si una cuenta tiene esta dirección, el enlace va en camino.',
      nothing:
        '¿No ha llegado nada después de unos minutos? Mire en el correo no deseado y compruebe la dirección. Una dirección recibe como máximo cuatro enlaces por hora.',
    },
    problems: {
      invalidEmail: 'Esto no parece un correo electrónico. Compruébelo.',
      tooManyAttempts: phrase('Se han pedido demasiados enlaces desde su red. Vuelva a intentarlo {when}.'),
    },
  },

  reset: {
    title: 'Establecer una contraseña nueva',
    lead: 'El enlace funciona una sola vez. Al establecer la contraseña se cierran todas sus sesiones; inicie sesión después con la nueva.',
    programs: 'Sus programas',
    keepPrograms: 'Continúan',
    endPrograms: 'Terminar todos los programas y claves',
    programsHint:
      'Termínelos si es posible que otra persona conociera su contraseña. Habrá que aprobar cada uno de nuevo.',
    submit: 'Establecer la contraseña',
    done: {
      title: 'Su contraseña está establecida',
      text: 'Inicie sesión con ella. Se han cerrado todas sus sesiones.',
    },
    spent: {
      title: 'Este enlace ya no funciona',
      text: 'Ya se ha utilizado, tiene más de una hora o se ha creado otro más reciente. No se ha cambiado nada. Pida un enlace nuevo.',
    },
  },
};
