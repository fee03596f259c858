import { confirmPage } from '../../services/api/src/login/pages/confirm-page.ts';
import { enterCodePage } from '../../services/api/src/login/pages/enter-code-page.ts';
import {
  addressPage,
  addressResultPage,
  confirmAddressPage,
} from '../../services/api/src/people/pages/address-page.ts';
import {
  forgotAskPage,
  forgotPage,
  forgotSentPage,
} from '../../services/api/src/people/pages/forgot-page.ts';
import { homePage } from '../../services/api/src/login/pages/home-page.ts';
import { messagePage, type MessageKind } from '../../services/api/src/pages/message-page.ts';
import { passwordPage } from '../../services/api/src/people/pages/password-page.ts';
import { deletedPage, deletePage } from '../../services/api/src/account/pages/delete-page.ts';
import { activityPage } from '../../services/api/src/account/pages/activity-page.ts';
import { programsPage } from '../../services/api/src/account/pages/programs-page.ts';
import { qrPage } from '../../services/api/src/login/pages/qr-page.ts';
import {
  noResultPage,
  resultPage,
  type ResultState,
} from '../../services/api/src/login/pages/result-page.ts';
import { resetDonePage, resetPage, spentLinkPage } from '../../services/api/src/people/pages/reset-page.ts';
import { sessionsPage } from '../../services/api/src/people/pages/sessions-page.ts';
import {
  type SignInFailureInput,
  signInFailurePage,
} from '../../services/api/src/people/pages/sign-in-failure-page.ts';
import { onToProviderPage, signedInPage } from '../../services/api/src/people/pages/signed-in-page.ts';
import { signInPage } from '../../services/api/src/people/pages/sign-in-page.ts';
import { signUpPage } from '../../services/api/src/people/pages/sign-up-page.ts';
import {
  spentVerificationPage,
  verifiedPage,
  verifyPage,
} from '../../services/api/src/people/pages/verify-page.ts';
import { sampleFactorPages, sampleMark } from './sample-factor-pages.ts';
import { en } from '../../services/api/src/pages/texts/en.ts';
import type { Texts } from '../../services/api/src/pages/texts/texts-for.ts';

const results = Object.keys({
  waiting: true,
  late: true,
  collected: true,
  neverCame: true,
  aborted: true,
  past: true,
  denied: true,
  wrongNumber: true,
} satisfies Record<ResultState, true>) as ResultState[];
const messages: readonly MessageKind[] = [
  'notFound',
  'forbidden',
  'noCookie',
  'badRequest',
  'tooMany',
  'unavailable',
  'internal',
  'crossSite',
];
const failures = Object.keys(en.signInFailure.reasons) as SignInFailureInput['failure'][];

/** Every page in its fullest form, by name, with the same given text in each place that takes foreign text. */
export function samplePages(texts: Texts, foreign: string): Record<string, string> {
  const pending = { csrfToken: foreign, userCode: foreign };
  const account = { email: foreign, name: foreign };
  const identity = { uuid: foreign, name: foreign };
  const key = {
    prefix: foreign,
    label: `key ${foreign}`,
    kind: 'identity',
    endsInSeconds: 90_000,
    usedSecondsAgo: 7,
  } as const;
  const client = {
    name: foreign,
    scopes: [foreign, foreign],
    address: foreign,
    userAgent: foreign,
    requestedSecondsAgo: 40,
    goodUntilMs: 0,
    keyKnownSecondsAgo: 90_000,
  };
  const result = {
    userCode: foreign,
    decidedSecondsAgo: 40,
    signedIn: { email: foreign, ...pending },
    program: foreign,
    owner: foreign,
    terms: foreign,
    elsewhere: true,
  };
  const providers = [{ id: 'one', label: foreign, mark: sampleMark }];
  const session = {
    id: foreign,
    address: foreign,
    userAgent: foreign,
    startedSecondsAgo: 40,
    current: false,
  };
  return {
    home: homePage({ apiUrl: foreign, signedIn: false }, texts),
    qr: qrPage(
      { userCode: foreign, link: 'https://login.example.com/device', verificationUri: foreign },
      texts,
    ),
    enterCode: enterCodePage({ ...pending, typed: foreign, problem: 'malformed', account }, texts),
    signIn: signInPage(
      { ...pending, email: foreign, problem: 'wrongCredentials', providers, embedded: true },
      texts,
    ),
    signedIn: signedInPage('/device', texts),
    onToProvider: onToProviderPage('/device', foreign, texts),
    notLinked: signInFailurePage(
      { failure: 'linkedElsewhere', provider: foreign, back: {}, linking: true },
      texts,
    ),
    sessions: sessionsPage(
      {
        csrfToken: foreign,
        account,
        sessions: [session, session],
        hasPassword: true,
        unverified: 'unsent',
        addressWanted: true,
      },
      texts,
    ),
    password: passwordPage({ csrfToken: foreign, passwordMinLength: 15, account, problem: 'common' }, texts),
    address: addressPage(
      { csrfToken: foreign, account, enabled: true, email: foreign, problem: 'wrongPassword' },
      texts,
    ),
    addressAsk: addressPage({ csrfToken: foreign, account, enabled: false }, texts),
    confirmAddress: confirmAddressPage({ csrfToken: foreign, link: foreign, email: foreign }, texts),
    addressMoved: addressResultPage('moved', texts),
    addressBad: addressResultPage('bad', texts),
    addressTaken: addressResultPage('taken', texts),
    forgot: forgotPage(
      { csrfToken: foreign, email: foreign, userCode: foreign, problem: 'invalidEmail' },
      texts,
    ),
    forgotSent: forgotSentPage({ userCode: foreign }, texts),
    forgotAsk: forgotAskPage({ next: 'programs' }, texts),
    verify: verifyPage({ csrfToken: foreign, link: foreign, email: foreign }, texts),
    verified: verifiedPage(texts),
    spentVerification: spentVerificationPage(texts),
    reset: resetPage(
      {
        csrfToken: foreign,
        passwordMinLength: 15,
        link: foreign,
        programs: 'keep',
        problem: 'ownWords',
      },
      texts,
    ),
    resetDone: resetDonePage(texts),
    spentLink: spentLinkPage(texts),
    signUp: signUpPage(
      {
        ...pending,
        passwordMinLength: 15,
        sendsLink: true,
        email: foreign,
        firstName: foreign,
        lastName: foreign,
        problem: 'repeats',
      },
      texts,
    ),
    confirm: confirmPage(
      {
        ...pending,
        client: { ...client, sameNetworkAsYou: false },
        email: foreign,
        owner: foreign,
        identities: [identity, identity],
        asked: 'account',
        numbers: [foreign, foreign, foreign],
        canAddIdentity: true,
        unusedDays: 365,
        keyLifetimes: null,
        chosen: { identity: foreign, identityName: foreign },
        problem: 'unknownIdentity',
      },
      texts,
    ),
    activity: activityPage(
      {
        csrfToken: foreign,
        account,
        events: [
          { event: 'grant_ended', secondsAgo: 40, address: foreign, about: foreign, byOperator: false },
          { event: 'account_exported', secondsAgo: 400, byOperator: true },
        ],
        next: '1-0',
      },
      texts,
    ),
    delete: deletePage({ csrfToken: foreign, account, hasPassword: true, last: false }, texts),
    deleteLast: deletePage(
      { csrfToken: foreign, account, hasPassword: true, last: true, problem: 'wrongPassword' },
      texts,
    ),
    deleted: deletedPage(texts),
    programs: programsPage(
      {
        csrfToken: foreign,
        account,
        programs: Array.from({ length: 10 }, () => ({
          id: foreign,
          name: foreign,
          address: foreign,
          loggedInSecondsAgo: 90_000,
          usedSecondsAgo: null,
          identityName: foreign,
          hasTokens: true,
          endsInSeconds: null,
          endsUnusedInSeconds: 90_000,
          // What a program brings is called as the program.
          keys: [key, { ...key, label: foreign }],
        })),
        page: 2,
        pages: 3,
        search: foreign,
        done: 'notMe',
        endedName: foreign,
        hasPassword: true,
      },
      texts,
    ),
    ...sampleFactorPages(texts, foreign),
    noResult: noResultPage(result, texts),
    ...Object.fromEntries(
      results.map((state) => [`result ${state}`, resultPage({ ...result, state, tooLate: 'deny' }, texts)]),
    ),
    ...Object.fromEntries(
      failures.map((failure) => [
        `sign-in failure ${failure}`,
        signInFailurePage({ failure, provider: foreign, back: { userCode: foreign } }, texts),
      ]),
    ),
    'message unavailable, with the form': messagePage(
      {
        status: 503,
        requestId: foreign,
        kind: 'unavailable',
        sentAgain: { action: '/device/decision', fields: { csrf_token: foreign, identity_name: foreign } },
      },
      texts,
    ),
    ...Object.fromEntries(
      messages.map((kind) => [
        `message ${kind}`,
        messagePage(
          { status: 500, requestId: foreign, kind, retryAfterSeconds: 30, userCode: foreign },
          texts,
        ),
      ]),
    ),
  };
}
