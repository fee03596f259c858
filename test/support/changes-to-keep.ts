import { randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, ResetLinks } from '@ravi/accounts';
import type { DeviceTokenSuccess, WireApiKey, WireNewApiKey } from '@ravi/contract';
import type { RedisClient } from '@ravi/redis';
import { totpCode } from './authenticator-app.ts';
import { BrowserVisit } from './browser-visit.ts';
import { call, logIn } from './logged-in.ts';
import { Person } from './person.ts';

/** Makes the change, which was prepared before; resolves to the status of its answer. */
type Change = () => Promise<number>;

const firstOf = async <T>(url: string, access: string) => (await call<T[]>('GET', url, access)).body[0];
const codeShown = ({ page }: BrowserVisit) => ({
  code: totpCode(/name="secret" value="([A-Z2-7]{32})"/.exec(page.text)?.[1] ?? ''),
});

/** Sets up an authenticator app. Resolves to the recovery codes. */
async function setUpApp(visit: BrowserVisit, { password }: Person): Promise<readonly string[]> {
  await visit.open('/account/security/app');
  await visit.submit('/account/security/app', { ...codeShown(visit), current_password: password });
  return visit.page.text.match(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/g) ?? [];
}

/** Changes by name: each prepares what it needs, in an account of its own. */
type Changes = Readonly<Record<string, () => Promise<Change>>>;

/** The changes, besides new keys and refreshes, that a program is told are made. Each may be asked for again. */
export function programsChanges(apiUrl: string): Changes {
  /** A program that is logged in, and what it asks. */
  const byProgram =
    (
      ask: (access: string, login: DeviceTokenSuccess) => Promise<() => Promise<{ readonly status: number }>>,
    ) =>
    async () => {
      const login = await logIn(apiUrl, await Person.signUp(apiUrl));
      const asked = await ask(login.access, login);
      return async () => (await asked()).status;
    };
  const identities = `${apiUrl}/api/identities/`;
  const keys = `${apiUrl}/api/auth/keys/management/`;
  const identityOf = async (access: string) =>
    `${identities}${(await firstOf<{ uuid: string }>(identities, access))?.uuid}/`;

  return {
    'a new identity': byProgram(async (access) => () => call('POST', identities, access, {})),
    'a new identity with a name': byProgram(
      async (access) => () => call('POST', identities, access, { name: 'Named' }),
    ),
    'a new identity with an address': byProgram(async (access) => {
      const email = `named.${randomUUID().slice(0, 8)}`;
      return () => call('POST', identities, access, { email });
    }),
    'an identity in another’s place': byProgram(async (access) => {
      const identity = await identityOf(access);
      return () => call('PUT', identity, access, { name: 'Replaced' });
    }),
    'a renamed identity': byProgram(async (access) => {
      const identity = await identityOf(access);
      return () => call('PATCH', identity, access, { name: 'Renamed' });
    }),
    'a deleted identity': byProgram(async (access) => {
      const identity = await identityOf(access);
      return () => call('DELETE', identity, access);
    }),
    'a revoked key': byProgram(async (access) => {
      const key = await firstOf<WireApiKey>(keys, access);
      return () => call('DELETE', `${keys}${key?.id}/`, access);
    }),
    'a program that logs out': byProgram(
      async (access) => () => call('POST', `${apiUrl}/api/auth/logout/`, access),
    ),
    'a program that logs out by its key': byProgram(
      async (_, { management_key: key }) =>
        () =>
          call('POST', `${apiUrl}/api/auth/logout/`, key),
    ),
    'a key that revokes the one that made it': byProgram(async (_, { management_key: maker }) => {
      const its = await firstOf<WireApiKey>(keys, maker);
      const made = await call<WireNewApiKey>('POST', keys, maker, {});
      if (made.status !== 201) throw new Error(`The login failed: its key made none: ${made.text}`);
      return () => call('DELETE', `${keys}${its?.id}/`, made.body.key);
    }),
    'a key that revokes itself': byProgram(async (_, { management_key: key }) => {
      const its = await firstOf<WireApiKey>(keys, key);
      return () => call('DELETE', `${keys}${its?.id}/`, key);
    }),
  };
}

/** The changes, besides logins, sign-ups, new keys, refreshes and new passwords, that somebody is told are made. */
export function changesToKeep(apiUrl: string, redis: RedisClient): Changes {
  const accounts = new AccountStore(redis);
  const links = new AccountLinks(redis);
  const resetLinks = new ResetLinks(redis, accounts);

  /** A person's browser on a page, and the form that they submit there. */
  const inBrowser =
    (
      prepare: (visit: BrowserVisit, person: Person) => Promise<void>,
      submit: (visit: BrowserVisit, person: Person) => Promise<void>,
    ) =>
    async () => {
      const person = await Person.signUp(apiUrl);
      const visit = await signedIn(person);
      await prepare(visit, person);
      return async () => {
        await submit(visit, person);
        return visit.page.status;
      };
    };
  async function signedIn({ email, password }: Person): Promise<BrowserVisit> {
    const visit = new BrowserVisit(apiUrl);
    await visit.open('/signin?next=sessions');
    await visit.submit('/signin', { email, password });
    return visit;
  }
  return {
    ...programsChanges(apiUrl),
    'an ended program': inBrowser(
      async (visit, person) => {
        await logIn(apiUrl, person, 'Moon agent');
        await visit.open('/account/programs');
      },
      (visit) => visit.press('/account/programs/end', 'End: Moon agent'),
    ),
    'the end of all programs': inBrowser(
      async (visit, person) => {
        await logIn(apiUrl, person);
        await visit.open('/account/programs');
      },
      (visit) => visit.press('/account/programs/end', 'End all programs and keys'),
    ),
    'a signed-out browser': inBrowser(
      (visit) => visit.open('/account/sessions'),
      (visit) => visit.submit('/signout'),
    ),
    'another session that ends': inBrowser(
      (visit) => visit.open('/account/sessions'),
      async (visit) => {
        const ids = [...visit.page.text.matchAll(/name="session"\s+value="([^"]+)"/g)].map(([, id]) => id);
        await visit.submit('/account/sessions/end', { session: ids[1] ?? '' });
      },
    ),
    'the end of all other sessions': inBrowser(
      (visit) => visit.open('/account/sessions'),
      (visit) => visit.submit('/account/sessions/end-others'),
    ),
    'an authenticator app': inBrowser(
      (visit) => visit.open('/account/security/app'),
      (visit, { password }) =>
        visit.submit('/account/security/app', { ...codeShown(visit), current_password: password }),
    ),
    'new recovery codes': inBrowser(
      async (visit, person) => {
        await setUpApp(visit, person);
        await visit.open('/account/security');
      },
      (visit) => visit.submit('/account/security/recovery-codes'),
    ),
    'a removed factor': inBrowser(
      async (visit, person) => {
        await setUpApp(visit, person);
        await visit.open('/account/security');
        await visit.submit('/account/security/remove');
      },
      (visit, { password }) => visit.submit('/account/security/remove', { password }),
    ),
    'a recovery code that is used': async () => {
      const person = await Person.signUp(apiUrl);
      const [code = ''] = await setUpApp(await signedIn(person), person);
      const visit = await signedIn(person);
      return async () => {
        await visit.submit('/signin/second-step', { code });
        return visit.page.status;
      };
    },
    'a proven address': inBrowser(
      async (visit, { user, email }) =>
        visit.open(`/verify?link=${await links.make('verify', user.id, email)}`),
      (visit) => visit.submit('/verify'),
    ),
    'another address': inBrowser(
      async (visit, { user }) => {
        const email = `${randomUUID()}@example.com`;
        await redis.hset(`ravi:account:${user.id}`, 'pending_email', email);
        await visit.open(`/account/address/confirm?link=${await links.make('address', user.id, email)}`);
      },
      (visit) => visit.submit('/account/address/confirm'),
    ),
    'a password that is set by a link': inBrowser(
      async (visit, { user }) => {
        const owner = await accounts.read(user.id);
        const made = owner && (await resetLinks.make(owner.account, 'operator'));
        await visit.open(`/reset?link=${made?.kind === 'made' ? made.token : ''}`);
      },
      (visit) => visit.submit('/reset', { new_password: `pw-${randomUUID()}`, programs: 'keep' }),
    ),
    'a deleted account': inBrowser(
      (visit) => visit.open('/account/delete?step=last'),
      (visit, { password }) => visit.submit('/account/delete', { current_password: password }),
    ),
  };
}
