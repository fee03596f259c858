import { phrase } from '@ravi/runtime';
import type { login as en } from '../en/login.ts';

export const login: typeof en = {
  switchedOff:
    'Aquí no se admiten nuevos inicios de sesión por ahora. Los que ya han empezado todavía se pueden aprobar.',

  enterCode: {
    title: 'Introduzca el código',
    lead: 'Su programa muestra un código de ocho letras. Antes de aprobar nada, verá qué programa lo solicita.',
    label: 'Código',
    hint: 'Las mayúsculas, los espacios y el guion no importan.',
    submit: 'Continuar',
    problems: {
      unknown: 'Ese código no existe. Compárelo con el que muestra su programa.',
      expired: 'Este código ha caducado. Empiece de nuevo en su programa para obtener otro.',
      used: 'Este código ya se ha utilizado. Empiece de nuevo en su programa para obtener otro.',
      malformed: 'Esto no es un código. Un código tiene ocho letras, sin cifras ni vocales.',
      impossible: phrase(
        'Ningún código contiene {characters}: un código tiene ocho letras, sin cifras ni vocales.',
      ),
      wrongLength: phrase('Un código tiene ocho letras; este tiene {letters}. Compárelos.'),
      tooManyGuesses: phrase('Demasiados códigos no coincidían. Vuelva a intentarlo {when}.'),
    },
  },

  confirm: {
    title: '¿Es este el código que muestra su programa?',
    lead: 'Compare cada letra. Si su programa muestra otro código, o no ve ningún programa, deniegue.',
    titleElsewhere: '¿Acaba de iniciar un programa?',
    leadElsewhere: 'Solo es el suyo si muestra exactamente este código. Si no, deniegue.',
    weSaw: 'Lo que hemos visto',
    forService: 'Para el servicio',
    asksFor: 'Solicita',
    scopes: { account: 'Toda su cuenta', identity: 'Una de sus identidades' },
    address: 'Dirección',
    country: 'País',
    asked: 'Solicitado',
    goodUntil: 'Válido hasta',
    itSays: 'Lo que dice de sí mismo',
    unverified: 'no verificado',
    verified: 'Verificado',
    sameKey: phrase('Tiene la misma clave que el programa que usted aprobó {when}.'),
    saysNothing: 'Nada.',
    name: 'Nombre',
    software: 'Software',
    sameNetwork: 'La solicitud viene de la misma red que este navegador.',
    otherNetwork:
      'La solicitud viene de otra red que este navegador. Es lo que ocurre con un equipo remoto, una VPN o un teléfono con datos móviles.',
    sentToYou:
      '¿Alguien le ha enviado este código? Deniegue: esa persona iniciaría sesión como si fuera usted.',
    numberLegend: '¿Qué número muestra su programa?',
    numberHint:
      'Si no muestra ninguno de estos, o alguien le ha dicho un número, deniegue. Un número equivocado deniega el inicio de sesión.',
    lifetime: 'Cuánto tiempo valen sus claves',
    lifetimes: ['1 día', '30 días', '1 año'],
    endless: 'Hasta que usted lo termine',
    endlessIfUsed: phrase('Mientras se use al menos una vez cada {days} días'),
    gets: 'Si aprueba, obtiene',
    given: phrase('toda la cuenta {account}'),
    givenFirstAs: phrase('toda la cuenta {account}, ante todo como {name}'),
    onlyIdentity: phrase('solo la identidad {name}'),
    ofAccount: phrase('De su cuenta {account}:'),
    forTime: phrase('durante {time}'),
    keysForTime: phrase('sus claves durante {time}'),
    noEnd: 'hasta que usted lo termine',
    noEndIfUsed: phrase('mientras se use al menos una vez cada {days} días'),
    change: 'Cambiar',
    access: 'Qué puede usar',
    pleaseChoose: 'Elija una opción',
    wholeAccount: 'Toda la cuenta',
    anyIdentity: phrase('Toda la cuenta, con cualquiera de sus {identities} identidades'),
    identityAlone: 'Una identidad y nada más',
    accountWith: 'Toda la cuenta, y ante todo como',
    newIdentity: 'Una identidad nueva, que se crea al aprobar',
    newIdentityName: 'Nombre de la nueva identidad (opcional)',
    onlyYours: 'Apruebe solo si acaba de iniciar esto usted mismo.',
    approve: 'Aprobar',
    deny: 'Denegar',
    problems: {
      numberNeeded: 'Elija el número que muestra su programa.',
      noDecision: 'Elija Denegar o Aprobar.',
      unknownIdentity: 'Esta identidad ya no existe. Elija de nuevo.',
      identityNeeded: 'Elija una identidad para el programa, o dele toda la cuenta.',
      nameWithoutNewIdentity:
        'Ha escrito un nombre para una identidad nueva, pero ha elegido otra cosa. Elija la identidad nueva o borre el nombre.',
      tooManyIdentities: 'Esta cuenta no puede tener más identidades. Elija una de las suyas.',
    },
  },

  qr: {
    title: 'Escanee con su teléfono',
    lead: 'Solo para un programa que usted mismo ha iniciado. Su teléfono vuelve a mostrar el código: compárelo.',
    picture: 'Código QR de la página en la que decide',
    orOpen: '¿Sin cámara? Introduzca el código en',
  },

  result: {
    program: 'Programa',
    account: 'Cuenta',
    gets: 'Obtiene',
    approved: { title: 'Aprobado' },
    denied: { title: 'Denegado' },
    wrongNumber: { title: 'Denegado: otro número' },
    approvedByYou: phrase('Aprobado por usted {when}'),
    deniedByYou: phrase('Denegado por usted {when}'),
    states: {
      waiting: 'Su programa continúa solo. Puede cerrar esta página.',
      late: 'El programa todavía no ha recogido su acceso. Compruebe si sigue en marcha. Si lo ha cerrado, empiece de nuevo en él.',
      collected: 'Su programa ha iniciado sesión. Puede cerrar esta página.',
      neverCame:
        'El programa no llegó a recoger su acceso, así que no lo tiene. Si lo desea, empiece de nuevo en él.',
      aborted:
        'El programa no ha obtenido acceso: no se han podido crear sus credenciales. Vuelva a iniciar sesión desde su programa.',
      past: 'De esto hace ya un rato. La lista de sus programas muestra si todavía tiene acceso.',
      denied: 'El programa no ha obtenido acceso. Si no lo ha iniciado usted, no hay nada más que hacer.',
      wrongNumber:
        'Su programa muestra un número distinto del que ha elegido, así que no ha obtenido acceso.',
    },
    mistake: '¿Ha sido un error? Empiece de nuevo en su programa: mostrará otro código. Este queda denegado.',
    tooLate: {
      approve: 'Ahora ha elegido Aprobar, pero este código ya se había denegado. Una decisión no se cambia.',
      deny: 'Ahora ha elegido Denegar, pero este código ya se había aprobado. Una decisión no se cambia, pero puede terminar el acceso.',
    },
    look: 'Ver si ha iniciado sesión',
    gone: 'Este código ya no es válido. Su programa indica si ha iniciado sesión. Puede cerrar esta página.',
    endLater: '¿No ha sido usted, o ya no lo quiere? Termínelo cuando quiera:',
    elsewhere:
      'El programa está en otra red que usted. Si alguien le envió el código, ahora tiene este acceso, hasta que usted lo termine.',
    endNow: 'Terminarlo',
    nothingKnown: {
      title: 'No se sabe nada de esto',
      text: 'Decidió sobre este código hace mucho, o no llegó a decidir. Lo que aprobó está en la lista de sus programas.',
      open: 'Abrir el código',
    },
  },

  home: {
    pageTitle: 'Inicio de sesión de un dispositivo',
    title: 'Iniciar sesión en un programa sin navegador',
    lead: 'Un agente o una herramienta de línea de comandos le muestra un código. Introdúzcalo aquí, vea qué programa lo solicita y decida.',
    developers: 'Para desarrolladores',
    startComment: 'pedir un código y mostrar user_code a su persona',
    waitComment: 'esperar la decisión',
  },
};
