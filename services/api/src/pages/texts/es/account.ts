import { phrase } from '@ravi/runtime';
import type { account as en } from '../en/account.ts';

export const account: typeof en = {
  deletion: {
    title: 'Eliminar su cuenta',
    lead: 'Todos sus programas y claves dejan de funcionar al instante, y se cierran todas sus sesiones. Se eliminan sus identidades, sus direcciones y lo que haya concedido. Esto no se puede deshacer.',
    stays: 'El registro de este servicio conserva durante un tiempo que ha ocurrido.',
    goOn: 'Continuar al último paso',
    submit: 'Eliminar la cuenta definitivamente',
    keep: 'Conservar la cuenta',
    problems: {
      wrongPassword: 'Esta no es su contraseña actual. Vuelva a intentarlo.',
      tooManyAttempts: phrase('Demasiados intentos. Vuelva a intentarlo {when}.'),
      staleSignIn:
        'Inició sesión hace ya un rato. Cierre sesión, vuelva a iniciarla y elimine entonces la cuenta.',
    },
    done: {
      title: 'Su cuenta se ha eliminado',
      text: 'Aquí ya nada puede actuar por usted. Puede cerrar esta página.',
    },
  },

  programs: {
    title: 'Programas conectados',
    lead: 'Estos programas pueden actuar por usted. Lo que termine aquí termina en todas partes al instante.',
    none: 'Ningún programa puede actuar por usted en este momento.',
    nameless: 'Un programa sin nombre',
    loggedIn: 'Inició sesión',
    address: 'Desde',
    used: 'Último uso',
    neverUsed: 'sin usar todavía',
    may: 'Puede actuar como',
    wholeAccount: 'toda su cuenta',
    keys: 'Tiene',
    keyKinds: { management: 'clave de la cuenta', identity: 'clave de una identidad' },
    tokens: 'tokens que se renuevan',
    keyEnds: phrase('termina {when}'),
    ends: 'Termina',
    endsUnused: phrase('{when}, si no se usa antes'),
    endsByYou: 'cuando usted lo termine',
    registered: 'registrado',
    end: 'Terminar',
    notMe: 'No he sido yo',
    ways: 'Cualquiera de los dos termina su acceso y sus claves. «No he sido yo» dice además qué hacer si es posible que otra persona haya iniciado sesión como usted.',
    notYet:
      'Un programa que ha aprobado aparece aquí cuando ha recogido su acceso. Hasta entonces, «Terminar todos los programas y claves» también lo detiene.',
    endAll: 'Terminar todos los programas y claves',
    endAllWarning:
      'Todos sus programas dejan de funcionar y habrá que aprobar cada uno de nuevo. Esto no se puede deshacer.',
    newer: 'Usados más recientemente',
    older: 'Usados hace más tiempo',
    pageOf: phrase('Página {page} de {pages}'),
    search: {
      label: 'Nombre del programa',
      submit: 'Buscar',
      all: 'Todos los programas',
      none: phrase('Ningún programa tiene «{name}» en su nombre.'),
    },
    done: {
      ended: 'Terminado. Ya no puede actuar por usted.',
      endedAll: 'Terminado. Ningún programa ni ninguna clave puede ya actuar por usted.',
      notMe:
        'Su acceso se ha terminado, y también todo lo que creó. Es posible que alguien sepa iniciar sesión como usted. Lo que ayuda ahora:',
    },
    endSessions: 'Cerrar sus otras sesiones',
  },

  sessions: {
    link: 'Sesiones',
    title: 'Dónde ha iniciado sesión',
    lead: 'Termine lo que no reconozca. Los programas que ha aprobado no aparecen aquí.',
    current: 'este navegador',
    started: 'Inició sesión',
    address: 'Dirección',
    unknownBrowser: 'Navegador desconocido',
    end: 'Cerrar sesión',
    elsewhere: 'Sesiones en otros sitios',
    endOthers: 'Cerrar sesión en todos los demás sitios',
  },
};
