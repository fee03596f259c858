import { phrase } from '@ravi/runtime';
import type { factors as en } from '../en/factors.ts';

export const factors: typeof en = {
  passkey: {
    signIn: 'Iniciar sesión con una llave de acceso',
    prove: 'Usar su llave de acceso',
    unsupported: 'Para una llave de acceso, esta página necesita JavaScript y un navegador que las admita.',
    failed: 'No ha funcionado o se ha cancelado. Vuelva a intentarlo o use otro medio.',
    known: 'Este dispositivo ya tiene una llave de acceso para esta cuenta.',
    refused: {
      wrong:
        'La llave de acceso no se ha aceptado: puede que la página haya estado abierta demasiado tiempo. Vuelva a intentarlo.',
      replayed: 'Esta respuesta de su llave de acceso ya se ha utilizado. Vuelva a intentarlo.',
      unknown: 'Aquí ninguna cuenta tiene esta llave de acceso. Puede que se haya quitado.',
      cloned:
        'Esta llave de acceso existe por duplicado: su contador ha retrocedido. Inicie sesión de otra manera y quítela de su cuenta.',
    },
  },

  secondStep: {
    title: 'Confirme que es usted',
    lead: phrase('La contraseña es correcta. Un paso más para {email}:'),
    afterProvider: phrase('{provider} dice que es usted. Esta cuenta pide además su propio segundo paso.'),
    codeLead:
      'Introduzca las seis cifras que muestra ahora su aplicación de autenticación, o uno de sus códigos de recuperación.',
    code: 'Código de su aplicación o un código de recuperación',
    recoveryOnly: 'Código de recuperación',
    submit: 'Continuar',
    lost: 'No tengo mi teléfono ni mi llave de acceso',
    lostHelp:
      'Introduzca en su lugar uno de sus códigos de recuperación: cada uno funciona una vez. Si no le queda ninguno, diríjase a quien gestiona este servicio: puede quitar sus segundos factores cuando sepa que es usted. Una contraseña nueva por sí sola no basta.',
    other: 'Iniciar sesión como otra persona',
    or: 'O con un código:',
    problems: {
      wrong:
        'Este código no es correcto. Compruebe que su teléfono ajusta su reloj por sí solo e introduzca el código siguiente.',
      wrongRecovery:
        'Este código de recuperación no es correcto o ya se ha utilizado. Compare cada carácter o introduzca otro.',
      replayed: 'Este código ya se ha utilizado. Espere a que su aplicación muestre el siguiente.',
      none: 'Su cuenta no tiene aplicación de autenticación. Use su llave de acceso o un código de recuperación.',
      unreadable:
        'Aquí ya no se pueden comprobar los códigos de su aplicación. Use una llave de acceso o un código de recuperación, y configure la aplicación de nuevo.',
      tooManyAttempts: phrase(
        'Demasiados códigos erróneos. Vuelva a intentarlo {when} o use una llave de acceso o un código de recuperación.',
      ),
    },
  },

  onceMore: {
    title: '¿Sigue siendo usted?',
    lead: 'Inició sesión hace ya un rato. Antes de continuar, demuestre una vez más que es usted.',
    submit: 'Continuar',
    through: phrase('Continuar con {provider}'),
    problems: {
      wrongPassword: 'La contraseña no es correcta.',
      tooManyAttempts: phrase('Demasiados intentos. Vuelva a intentarlo {when}.'),
    },
  },

  security: {
    link: 'Seguridad',
    title: 'Cómo inicia sesión',
    lead: 'Con un segundo factor, su contraseña por sí sola no deja entrar a nadie.',
    required:
      'Aquí nadie aprueba un programa solo con una contraseña. Configure primero uno de estos medios.',
    atProvider: 'Inicia sesión a través de un proveedor. El segundo factor se configura allí.',
    app: 'Aplicación de autenticación',
    appNone: 'Muestra un código nuevo cada 30 segundos, en su teléfono o en un gestor de contraseñas.',
    appAdd: 'Configurar una aplicación',
    appReplace: 'Sustituirla por otra aplicación',
    passkeys: 'Llaves de acceso',
    passkeysNone: 'Inicie sesión con su huella, su cara, un PIN o una llave de seguridad, sin contraseña.',
    passkeyName: 'Nombre de la nueva llave de acceso',
    passkeyNameHint: 'Por ejemplo, «portátil del trabajo», para reconocerla aquí.',
    passkeyAdd: 'Añadir una llave de acceso',
    passkeyMost: 'Una cuenta no puede tener más.',
    added: 'Añadida',
    used: 'Último uso',
    neverUsed: 'sin usar todavía',
    kept: 'Guardada',
    synced: 'en varios dispositivos',
    single: 'en un dispositivo',
    remove: 'Quitar',
    recovery: 'Códigos de recuperación',
    recoveryLeft: phrase(
      'Códigos de recuperación restantes: {count}. Cada uno funciona una vez, en lugar de su aplicación o llave de acceso.',
    ),
    recoveryNone: 'No le queda ninguno.',
    recoveryMake: 'Crear códigos nuevos',
    recoveryEnds: 'Los códigos nuevos anulan los antiguos.',
    onlyOne: 'Este es su único segundo factor. Añada otro por si lo pierde.',
    unnamed: 'Llave de acceso',
    providers: {
      title: 'Proveedores',
      lead: 'Inicie sesión también con estos. Quien puede entrar allí puede entrar aquí.',
      linkTo: phrase('Vincular {provider}'),
      onTo: phrase('Ir a {provider}'),
      unlink: 'Desvincular',
      address: 'Dirección allí',
      linked: 'Vinculado',
      confirmFirst: 'Para vincular un proveedor, confirme antes su correo electrónico.',
    },
    done: {
      app: 'Su aplicación de autenticación está configurada. La sesión sigue abierta en los demás navegadores.',
      appReplaced:
        'Su nueva aplicación de autenticación está configurada y la anterior ya no funciona. Se ha cerrado la sesión en todos los demás navegadores.',
      passkey: 'Su llave de acceso está añadida. La sesión sigue abierta en los demás navegadores.',
      appRemoved:
        'Se ha quitado su aplicación de autenticación y se ha cerrado la sesión en todos los demás navegadores.',
      passkeyRemoved:
        'Se ha quitado su llave de acceso y se ha cerrado la sesión en todos los demás navegadores.',
      recovery: phrase(
        'Ha iniciado sesión con un código de recuperación. Códigos restantes: {count}. Si ha perdido el teléfono o la llave de acceso, quite ese factor abajo y configure uno nuevo.',
      ),
      linked:
        'El proveedor está vinculado: desde ahora también puede iniciar sesión con él. La sesión sigue abierta en los demás navegadores.',
      unlinked: 'El proveedor está desvinculado. Se ha cerrado la sesión en todos los demás navegadores.',
    },
    problems: {
      answer:
        'La llave de acceso no se ha añadido. Puede que la página haya estado abierta demasiado tiempo: vuelva a intentarlo.',
      conflict: 'Esta llave de acceso ya existe, o no queda sitio para otra.',
      lastWayIn: 'Es su única manera de iniciar sesión. Vincule otro proveedor antes de desvincular este.',
    },
  },

  setUpApp: {
    title: 'Configurar una aplicación de autenticación',
    lead: 'Escanee esto con su aplicación e introduzca después el código que muestra.',
    replaceTitle: 'Sustituir su aplicación de autenticación',
    replaceLead:
      'La anterior funciona hasta que introduzca el código de la nueva. Entonces se cierra la sesión en todos los demás navegadores.',
    replaceSubmit: 'Sustituir',
    picture: 'Código QR con el secreto para su aplicación',
    byHand: '¿Sin cámara? Introduzca esta clave en la aplicación:',
    here: 'Abrir en una aplicación de este dispositivo',
    code: 'Código de la aplicación',
    submit: 'Configurar',
    cancel: 'Ahora no',
    wrong:
      'Este no es el código que muestra ahora la aplicación. Compruebe que su teléfono ajusta su reloj por sí solo e introduzca el código siguiente.',
  },

  recoveryCodes: {
    title: 'Sus códigos de recuperación',
    lead: 'Guárdelos donde los encuentre sin su teléfono: en papel o en un gestor de contraseñas. Solo se muestran ahora.',
    each: 'Cada uno funciona una vez, en lugar de su aplicación o llave de acceso. Los códigos nuevos anulan los antiguos.',
    others: 'Se ha cerrado la sesión en todos los demás navegadores.',
    done: 'Los he guardado',
  },

  removeFactor: {
    title: '¿Quitar su último segundo factor?',
    lead: 'Este es su último segundo factor. Sin él, cualquiera que sepa su contraseña puede entrar, y sus códigos de recuperación dejan de valer.',
    password: 'Su contraseña',
    submit: 'Quitarlo',
    cancel: 'Conservarlo',
    problems: {
      wrongPassword: 'La contraseña no es correcta.',
      shortPassword: phrase(
        'Su contraseña es demasiado corta para ser su única protección. Cámbiela primero: al menos {minLength} caracteres.',
      ),
      tooManyAttempts: phrase('Demasiados intentos. Vuelva a intentarlo {when}.'),
    },
  },

  undo: {
    title: '¿Deshacer este cambio?',
    lead: 'Alguien cambió su forma de iniciar sesión. Si no fue usted, vuelve a ser como antes, también lo que se cambió después. Se cierra entonces la sesión en todos los navegadores, y terminan todos los programas, a menos que elija otra cosa.',
    changed: 'Cambiado',
    changes: {
      title: 'Lo que se cambió y volverá a estar como antes',
      passkeysAdded: phrase('Llaves de acceso añadidas: {count}. Se quitarán.'),
      passkeysRemoved: phrase('Llaves de acceso quitadas: {count}. Volverán a funcionar.'),
      app: {
        added: 'Se configuró una aplicación de autenticación. Se quitará.',
        replaced: 'Se sustituyó la aplicación de autenticación. La anterior volverá a funcionar.',
        removed: 'Se quitó la aplicación de autenticación. Volverá a funcionar.',
      },
      recoveryCodes: {
        made: 'Se crearon códigos de recuperación nuevos. Los anteriores volverán a funcionar.',
        ended: 'Se anularon los códigos de recuperación. Volverán a funcionar.',
      },
      recoveryCodesUsed: phrase('Códigos de recuperación usados: {count}. Volverán a funcionar.'),
      linked: phrase('Se vinculó {provider}. Ya no dejará entrar a nadie.'),
      unlinked: phrase('Se desvinculó {provider}. Volverá a dejarle entrar.'),
      nothing:
        'Ya inicia sesión como antes del cambio. De todos modos se cerrará la sesión en todos los navegadores.',
    },
    programsHint:
      'Quien hizo este cambio pudo aprobar un programa propio. Habrá que aprobar de nuevo cada uno que termine.',
    submit: 'Restablecer',
    otherwise: 'Si fue usted, no tiene que hacer nada: cierre esta página.',
    done: {
      title: 'Inicia sesión como antes',
      text: 'Se ha cerrado la sesión en todos los navegadores. Inicie sesión, cambie su contraseña si tiene una y mire sus programas y lo que ha ocurrido en su cuenta.',
      programsEnded:
        'Se ha cerrado la sesión en todos los navegadores, y han terminado todos los programas y claves. Inicie sesión, cambie su contraseña si tiene una y mire lo que ha ocurrido en su cuenta.',
    },
    over: {
      title: 'Este enlace ya no vale',
      text: 'Se usó, tiene más de 7 días, u otro lo restableció todo. Si no puede iniciar sesión, diríjase a quien gestiona este servicio.',
    },
  },
};
