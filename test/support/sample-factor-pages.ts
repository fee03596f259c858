import { authenticatorAppPage } from '../../services/api/src/people/pages/authenticator-app-page.ts';
import { onceMorePage } from '../../services/api/src/people/pages/once-more-page.ts';
import { recoveryCodesPage } from '../../services/api/src/people/pages/recovery-codes-page.ts';
import { removeFactorPage } from '../../services/api/src/people/pages/remove-factor-page.ts';
import { secondStepPage } from '../../services/api/src/people/pages/second-step-page.ts';
import { securityAtProviderPage, securityPage } from '../../services/api/src/people/pages/security-page.ts';
import { undoDonePage, undoOverPage, undoPage } from '../../services/api/src/people/pages/undo-page.ts';
import type { Texts } from '../../services/api/src/pages/texts/texts-for.ts';

/** The mark of a provider. */
export const sampleMark = {
  fileName: 'provider-one.svg',
  contentType: 'image/svg+xml',
  bytes: Buffer.alloc(0),
  aspectRatio: 2,
};

/** The pages of second factors, each in its fullest form and with what it lacks without a passkey. */
export function sampleFactorPages(texts: Texts, foreign: string): Record<string, string> {
  const pending = { csrfToken: foreign, userCode: foreign, next: 'security' } as const;
  const account = { email: foreign };
  const use = { addedSecondsAgo: 40, usedSecondsAgo: 7 };
  const passkey = { ...use, id: foreign, name: foreign, backedUp: true };
  const linked = {
    links: [{ id: foreign, label: foreign, email: foreign, linkedSecondsAgo: 7 }],
    offered: [{ id: 'two', label: foreign, mark: sampleMark }],
    mayLink: true,
    asksPassword: true,
  };
  const security = {
    ...pending,
    account,
    required: true,
    app: use,
    passkeys: [passkey, { ...passkey, usedSecondsAgo: null, backedUp: false }],
    creationOptions: { challenge: foreign },
    recoveryCodesLeft: 3,
    providers: linked,
    news: 'passkey',
    problem: 'answer',
  } as const;
  const providers = [{ id: 'one', label: foreign, mark: sampleMark }];
  const onceMore = { ...pending, account, hasPassword: true, passkeyOptions: null, providers };
  return {
    security: securityPage(security, texts),
    securityNone: securityPage(
      {
        ...pending,
        account,
        required: true,
        app: null,
        passkeys: [],
        creationOptions: {},
        recoveryCodesLeft: 0,
        providers: { ...linked, links: [], mayLink: false },
      },
      texts,
    ),
    securityAtProvider: securityAtProviderPage(
      {
        ...pending,
        account,
        providers: { ...linked, asksPassword: false },
        news: 'unlinked',
        problem: 'lastWayIn',
      },
      texts,
    ),
    authenticatorApp: authenticatorAppPage(
      {
        ...pending,
        account,
        secret: foreign,
        uri: 'otpauth://totp/example',
        replaces: false,
        asksPassword: true,
        problem: 'wrongCode',
      },
      texts,
    ),
    'authenticatorApp replaced': authenticatorAppPage(
      {
        ...pending,
        account,
        secret: foreign,
        uri: 'otpauth://totp/example',
        replaces: true,
        asksPassword: false,
      },
      texts,
    ),
    undo: undoPage(
      {
        csrfToken: foreign,
        link: foreign,
        email: foreign,
        changedSecondsAgo: 3600,
        changes: {
          passkeysAdded: 1,
          passkeysRemoved: 2,
          app: 'replaced',
          recoveryCodes: 'made',
          recoveryCodesUsed: 3,
          linked: [foreign],
          unlinked: [foreign],
        },
        asksPassword: true,
        programs: 'keep',
        problem: 'wrongPassword',
      },
      texts,
    ),
    'undo by the link alone': undoPage(
      {
        csrfToken: foreign,
        link: foreign,
        email: account.email,
        changedSecondsAgo: 60,
        changes: {
          passkeysAdded: 0,
          passkeysRemoved: 0,
          app: null,
          recoveryCodes: null,
          recoveryCodesUsed: 0,
          linked: [],
          unlinked: [],
        },
        asksPassword: false,
        programs: 'end',
      },
      texts,
    ),
    undoDone: undoDonePage('keep', texts),
    'undoDone, the programs too': undoDonePage('end', texts),
    undoOver: undoOverPage(texts),
    recoveryCodes: recoveryCodesPage({ ...pending, account, codes: ['AAAA-BBBB', 'CCCC-DDDD'] }, texts),
    removeFactor: removeFactorPage(
      { ...pending, account, factor: foreign, minLength: 15, problem: 'shortPassword' },
      texts,
    ),
    secondStep: secondStepPage(
      {
        ...pending,
        email: foreign,
        provider: '',
        hasApp: true,
        passkeyOptions: { challenge: foreign },
        problem: 'wrong',
      },
      texts,
    ),
    'secondStep passkey alone': secondStepPage(
      {
        ...pending,
        email: foreign,
        provider: foreign,
        hasApp: false,
        passkeyOptions: {},
        passkeyProblem: 'cloned',
      },
      texts,
    ),
    onceMore: onceMorePage(
      { ...onceMore, passkeyOptions: { challenge: foreign }, problem: 'wrongPassword' },
      texts,
    ),
    'onceMore password alone': onceMorePage(onceMore, texts),
    'onceMore provider': onceMorePage({ ...onceMore, hasPassword: false }, texts),
  };
}
