import { phrase } from '@ravi/runtime';
import type { addresses as en } from '../en/addresses.ts';

export const addresses: typeof en = {
  address: {
    title: 'Cambiar el correo electrónico',
    lead: 'Enviamos un enlace a la dirección nueva; el cambio vale cuando lo confirme allí. También se avisa a la dirección actual.',
    ask: 'Este servicio no envía correos, así que aquí no se pueden cambiar direcciones. Diríjase a quien lo gestiona.',
    fresh: 'Correo electrónico nuevo',
    submit: 'Enviar el enlace',
    sent: 'Hay un enlace en camino a la dirección nueva. Funciona una sola vez, durante una hora. Hasta que lo confirme allí, no cambia nada.',
    problems: {
      invalidEmail: 'Esto no parece un correo electrónico. Compruébelo.',
      wrongPassword: 'Esta no es su contraseña actual. Vuelva a intentarlo.',
      tooManyAttempts: phrase('Demasiados intentos. Vuelva a intentarlo {when}.'),
    },
    confirm: {
      title: '¿Es este su correo electrónico nuevo?',
      lead: 'Su cuenta tendrá entonces esta dirección, y con ella iniciará sesión. Si no lo ha pedido, cierre esta página.',
      submit: 'Sí, usarla',
    },
    results: {
      moved: {
        title: 'Su dirección ha cambiado',
        text: 'A partir de ahora, inicie sesión con la nueva. Se ha avisado a las dos direcciones.',
      },
      bad: {
        title: 'Este enlace ya no funciona',
        text: 'Ya se ha utilizado, tiene más de una hora, se ha enviado otro más reciente o la contraseña ha cambiado desde entonces. Abrirlo ahora no cambia nada.',
      },
      taken: {
        title: 'Otra cuenta tiene esta dirección',
        text: 'Una dirección pertenece a una sola cuenta. No se ha cambiado nada.',
      },
    },
  },

  verify: {
    title: '¿Es este su correo electrónico?',
    lead: 'Confirme solo si ha creado esta cuenta usted mismo. Si no, cierre esta página.',
    submit: 'Sí, confirmarlo',
    done: {
      title: 'Su dirección está confirmada',
      text: 'Allí le avisamos cuando le ocurre algo a su cuenta, y podemos enviarle un enlace si olvida la contraseña.',
    },
    spent: {
      title: 'Este enlace ya no funciona',
      text: 'Ya se ha utilizado, tiene más de una hora o se ha enviado otro más reciente. Inicie sesión para que le enviemos otro.',
    },
    missing: {
      text: 'Su correo electrónico no está confirmado. Sin eso, nadie le avisa allí de lo que le ocurre a su cuenta.',
      send: 'Enviar un enlace para confirmarlo',
      sent: 'Hay un enlace en camino a su dirección. Funciona durante una hora; una dirección recibe como máximo cuatro por hora.',
    },
  },
};
