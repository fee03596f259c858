import type { MailTexts } from './mail-texts.ts';

export const es: MailTexts = {
  labels: { when: 'Cuándo:    ', address: 'Dirección: ', software: 'Software:  ' },
  account: {
    reset: {
      subject: 'Establecer una contraseña nueva',
      lead: 'Alguien ha pedido una contraseña nueva para su cuenta. Si ha sido usted, abra este enlace y elija una:',
      afterLink:
        'El enlace funciona una sola vez, durante una hora. Si no lo ha pedido, no tiene que hacer nada: su contraseña sigue siendo la misma.',
    },
    resetAtProvider: {
      subject: 'Usted inicia sesión a través de un proveedor',
      lead: 'Alguien ha pedido una contraseña nueva para su cuenta. No tiene ninguna: usted inicia sesión a través de un proveedor, y solo allí puede recuperar su acceso. Inicie sesión aquí:',
      afterLink: 'Si no lo ha pedido, no tiene que hacer nada.',
    },
    verify: {
      subject: 'Confirme su correo electrónico',
      lead: 'Se ha creado una cuenta con esta dirección de correo electrónico. Si es suya, abra este enlace y confirme:',
      afterLink:
        'El enlace funciona una sola vez, durante una hora. Si no ha creado ninguna cuenta, no confirme: no recibirá nada más.',
    },
    address: {
      subject: 'Confirme su nuevo correo electrónico',
      lead: 'Alguien quiere usar esta dirección de correo electrónico para su cuenta. Si es usted, abra este enlace y confirme:',
      afterLink:
        'El enlace funciona una sola vez, durante una hora. Si no es usted, no tiene que hacer nada: no recibirá nada más.',
    },
    addressWanted: {
      subject: 'Su cuenta va a tener otro correo electrónico',
      lead: 'Alguien que tiene la sesión iniciada en su cuenta quiere usar otra dirección de correo electrónico para ella. Si ha sido usted, no tiene que hacer nada. Si no, cambie aquí su contraseña ahora mismo, antes de que la confirmen:',
      afterLink: '',
    },
    addressChanged: {
      subject: 'El correo electrónico de su cuenta ha cambiado',
      lead: 'Su cuenta tiene ahora otra dirección de correo electrónico: inicie sesión con ella. Este mensaje llega a las dos direcciones. Si no ha sido usted, diríjase enseguida a quien gestiona este servicio. Sus sesiones están aquí:',
      afterLink: '',
    },
    passwordChanged: {
      subject: 'Su contraseña ha cambiado',
      lead: 'La contraseña de su cuenta ha cambiado. Se ha cerrado la sesión en todos los demás navegadores. Si ha sido usted, no tiene que hacer nada. Si no, pida aquí una nueva y termine a la vez todos los programas:',
      afterLink: '',
    },
    accountDeleted: {
      subject: 'Su cuenta se ha eliminado',
      lead: 'Alguien que tenía la sesión iniciada en su cuenta la ha eliminado. Ya no funciona nada de ella. Si ha sido usted, no tiene que hacer nada. Si no, avise enseguida a quien gestiona este servicio:',
      afterLink: '',
    },
    factorAdded: {
      subject: 'Se ha añadido un segundo factor a su cuenta',
      lead: 'Se ha añadido a su cuenta una aplicación de autenticación o una llave de acceso: permite entrar a quien la tiene.',
      ifNot: 'Si ha sido usted, no tiene que hacer nada. Si no, quítela aquí y cambie su contraseña:',
      afterLink:
        'Si se le pide un factor que no tiene, avise enseguida a quien gestiona este servicio: puede quitarlo cuando sepa que es usted.',
    },
    factorReplaced: {
      subject: 'Se ha sustituido la aplicación de autenticación de su cuenta',
      lead: 'Otra aplicación de autenticación ha ocupado el lugar de la de su cuenta, cuyos códigos ya no funcionan. Se ha cerrado la sesión en todos los navegadores salvo en el que se hizo.',
      ifNot: 'Si ha sido usted, no tiene que hacer nada. Si no, mire aquí qué hay y cambie su contraseña:',
      afterLink: '',
    },
    factorRemoved: {
      subject: 'Se ha quitado un segundo factor de su cuenta',
      lead: 'Se ha quitado de su cuenta una aplicación de autenticación o una llave de acceso. Se ha cerrado la sesión en todos los navegadores salvo en el que se hizo.',
      ifNot: 'Si ha sido usted, no tiene que hacer nada. Si no, mire aquí qué queda y cambie su contraseña:',
      afterLink: '',
    },
    factorsReset: {
      subject: 'Se han quitado todos los segundos factores de su cuenta',
      lead: 'Quien gestiona este servicio ha quitado la aplicación de autenticación, las llaves de acceso y los códigos de recuperación de su cuenta, como hace con las personas que han perdido el teléfono. Si no lo ha pedido, avísele enseguida. Configure aquí un factor nuevo:',
      afterLink: '',
    },
    recoveryCodesMade: {
      subject: 'Nuevos códigos de recuperación para su cuenta',
      lead: 'Se han creado nuevos códigos de recuperación para su cuenta; los anteriores ya no funcionan. Se ha cerrado la sesión en todos los navegadores salvo en el que se hizo.',
      ifNot: 'Si ha sido usted, no tiene que hacer nada. Si no, cree otros aquí y cambie su contraseña:',
      afterLink: '',
    },
    recoveryCodeUsed: {
      subject: 'Se ha usado un código de recuperación de su cuenta',
      lead: 'Alguien ha iniciado sesión en su cuenta con uno de sus códigos de recuperación, que ya no funciona. Si ha sido usted, vea aquí cuántos quedan. Si no, cree aquí otros nuevos y cambie su contraseña:',
      afterLink: '',
    },
    providerLinked: {
      subject: 'Se ha vinculado un proveedor a su cuenta',
      lead: 'Se ha vinculado un proveedor a su cuenta: quien inicia sesión allí puede entrar aquí.',
      ifNot: 'Si ha sido usted, no tiene que hacer nada. Si no, desvincúlelo aquí y cambie su contraseña:',
      afterLink: '',
    },
    providerUnlinked: {
      subject: 'Se ha desvinculado un proveedor de su cuenta',
      lead: 'Se ha desvinculado un proveedor de su cuenta: ya nadie inicia sesión con él. Se ha cerrado la sesión en todos los navegadores salvo en el que se hizo.',
      ifNot: 'Si ha sido usted, no tiene que hacer nada. Si no, mire aquí qué queda y cambie su contraseña:',
      afterLink: '',
    },
    signInPutBack: {
      subject: 'Vuelve a iniciar sesión como antes',
      lead: 'Los segundos factores y los proveedores de su cuenta están como antes de un cambio, por el enlace que le enviamos. Se ha cerrado la sesión en todos los navegadores. Si no ha sido usted, alguien lee su correo: proteja primero su buzón, luego inicie sesión y mire qué hay:',
      afterLink: '',
    },
    accountBlocked: {
      subject: 'Su cuenta ha sido bloqueada',
      lead: 'Quien gestiona este servicio ha bloqueado su cuenta. Nadie inicia sesión en ella, y sus programas y claves ya no funcionan. Si no sabe por qué, pregúntele:',
      afterLink: '',
    },
    accountUnblocked: {
      subject: 'Su cuenta ya no está bloqueada',
      lead: 'Quien gestiona este servicio le deja iniciar sesión de nuevo. Los programas y claves terminados siguen terminados: cada programa debe iniciar sesión otra vez. Inicie sesión aquí:',
      afterLink: '',
    },
    secondStepAsked: {
      subject: 'Alguien conoce su contraseña',
      lead: 'Alguien ha introducido la contraseña de su cuenta en un navegador desconocido para ella y aún no ha superado el segundo paso. Si ha sido usted, no tiene que hacer nada. Si no, cambie aquí su contraseña ahora mismo:',
      afterLink: '',
    },
    signedIn: {
      subject: 'Nuevo inicio de sesión en su cuenta',
      lead: 'Alguien ha iniciado sesión en su cuenta en un navegador que nunca se había usado para ella. Si ha sido usted, no tiene que hacer nada. Si no, cierre aquí esa sesión y cambie su contraseña:',
      afterLink: '',
    },
  },
  undo: {
    lead: 'Si ha sido usted, no tiene que hacer nada. Si no, abra este enlace. La página muestra lo que se cambió, y su botón lo deja como estaba antes:',
    afterLink:
      'El botón también cierra la sesión en todos los navegadores y termina sus programas, a menos que elija otra cosa. El enlace sirve una sola vez, durante 7 días. Si su cuenta tiene contraseña, se le pide. Cámbiela después.',
  },
  notVerified: 'sin verificar',
  unnamed: '(sin nombre)',
  approval: {
    subject: 'Un programa ha recibido acceso a su cuenta',
    lead: 'Usted acaba de aprobar el inicio de sesión de un programa, o lo ha hecho alguien que tiene la sesión iniciada en su cuenta.',
    labels: {
      name: 'Se llama:      ',
      address: 'Pedido desde:  ',
      software: 'Software:      ',
      approved: 'Aprobado:      ',
    },
    afterFacts:
      'Si ha sido usted, no tiene que hacer nada.\n\nSi no, pulse aquí «No he sido yo» junto al programa. La página dice después qué más ayuda:',
  },
  unused: {
    subject: 'Ha terminado un acceso que nadie usaba',
    lead: 'El acceso de un programa a su cuenta ha terminado por sí solo, porque nada de él se ha usado durante mucho tiempo.',
    labels: { name: 'Se llama:   ', approved: 'Aprobado:   ', used: 'Último uso: ' },
    afterFacts:
      'Sus tokens y claves de API ya no funcionan. Si todavía necesita el programa, deje que inicie sesión de nuevo. Si no, no tiene que hacer nada.\nSus otros programas:',
  },
};
