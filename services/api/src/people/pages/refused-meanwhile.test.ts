import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Koa, { type Middleware } from 'koa';
import { Problem } from '../../http/problem.ts';
import type { SignedIn } from '../browser-sessions.ts';
import { sessionsEnded } from '../second-factors.ts';
import { type LinkProviderPagesDeps, submitUnlink } from './link-provider.ts';
import { type SecondStepPagesDeps, submitSecondStep } from './second-step.ts';
import { submitRecoveryCodes } from './security.ts';
import { type SignInPagesDeps, submitSignUp } from './sign-in.ts';
import { endOtherSessions, type SessionsPagesDeps } from './sessions.ts';

const signedIn = { account: { id: 7, sessionsEpoch: '1' } } as SignedIn;

/** The session in which the form goes on, if any, whether it was found by a twin of the form, and what was done. */
let continued: SignedIn | null;
let hasTwin: boolean;
let done: string[];
beforeEach(() => {
  [continued, hasTwin, done] = [null, false, []];
});

/** Why nothing is made and no code is taken. */
let failure: Error;
const fails = async () => {
  throw failure;
};

const deps = {
  sessions: {
    requireSameOrigin: () => undefined,
    requireCsrfToken: () => undefined,
    idOf: () => 'id',
    read: async () => signedIn,
    awaitForForm: async () => (done.length === 0 ? signedIn : continued),
    isFoundByTwin: () => hasTwin,
    awaitTwin: async () => null,
    endOthers: async () => null,
    replicated: async () => void done.push('replicated'),
  },
  reauthentication: { isNeededForAccount: () => false },
  passwordAccounts: { hasPassword: async () => true, signUp: fails },
  limits: { admitWrite: async () => undefined },
  browsers: { remember: () => void done.push('remembered'), idFor: () => null },
  toldOnce: { claim: async () => true },
  audit: { note: () => void done.push('noted') },
  secondFactors: {
    makeRecoveryCodes: async () => {
      done.push('asked for codes');
      throw failure;
    },
  },
  linkedProviders: {
    unlink: async () => ({ kind: 'gone' }),
    replicated: async () => void done.push('replicated'),
  },
  secondSteps: { read: async () => ({ account: signedIn.account, provider: '' }) },
  factorCodes: { use: fails },
} as unknown as LinkProviderPagesDeps & SessionsPagesDeps & SecondStepPagesDeps & SignInPagesDeps;

async function submit(form: (its: typeof deps) => Middleware, body: object = {}) {
  const message = new IncomingMessage(new Socket());
  const ctx = new Koa().createContext(message, new ServerResponse(message));
  Object.assign(ctx.request, { body });
  await form(deps)(ctx, async () => undefined);
  return [ctx.status, ctx.response.get('Location')];
}

test('a form whose session ends while it is served runs in the session in which its twin goes on; without one it leads to the list, which asks to sign in', async () => {
  failure = new Problem('not_found', 'The sessions have ended.', { reason: sessionsEnded });
  expect(await submit(submitRecoveryCodes)).toEqual([303, '/account/security']);
  expect(done).toEqual(['asked for codes']);
  continued = signedIn;
  done = [];
  await expect(submit(submitRecoveryCodes)).rejects.toBe(failure);
  expect(done).toEqual(['asked for codes', 'asked for codes']);
});

test.each([
  ['a bug', new TypeError('A bug.')],
  ['another refusal', new Problem('not_found', 'No.')],
])('a form that fails by %s is not run again', async (_, error) => {
  [failure, continued] = [error, signedIn];
  await expect(submit(submitRecoveryCodes)).rejects.toBe(error);
  expect(done).toEqual(['asked for codes']);
});

test('whoever ends all other sessions where another form has just done so is led to the list, and nothing is noted', async () => {
  expect(await submit(endOtherSessions)).toEqual([303, '/account/sessions']);
  expect(done).toEqual([]);
});

test('a form that unlinks a provider and comes again after a lost answer keeps its browser known; one that finds none to unlink makes none known', async () => {
  expect(await submit(submitUnlink)).toEqual([303, '/account/security?done=unlinked']);
  expect(done).toEqual(['replicated']);
  [hasTwin, done] = [true, []];
  expect(await submit(submitUnlink)).toEqual([303, '/account/security?done=unlinked']);
  expect(done).toEqual(['remembered', 'replicated']);
});

test('where a form cannot be served now, a second step is not told as a wrong code, nor a sign-up as a wrong address', async () => {
  failure = new Problem('unavailable', 'Not now.', { retryAfterSeconds: 1 });
  await expect(submit(submitSecondStep)).rejects.toBe(failure);
  const form = { email: 'ada@example.com', password: 'long enough password' };
  await expect(submit(submitSignUp, form)).rejects.toBe(failure);
});
