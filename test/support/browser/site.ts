import { createHash, randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AccountLinks, AccountStore, FactorStore, noFactors, SignInUndos } from '@ravi/accounts';
import type { DeviceCodeResponse } from '@ravi/contract';
import { readDeviceCode } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { Redis } from 'ioredis';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { send } from '../http.ts';
import { startOidcProvider } from '../oidc-provider/start.ts';
import { Person } from '../person.ts';
import { type OwnRedis, startOwnRedis } from '../redis.ts';
import type { ServiceProcess } from '../services.ts';
import { type Deployment, deploy } from '../stack.ts';
import { openProxy } from './alternating-proxy.ts';
import { launchChromium } from './chromium.ts';

/** Where a program asks from, where it matters: another network than any browser's. */
const elsewhere = '203.0.113.77';

/** A login, with the number that the program shows where numbers are to be matched. */
type StartedLogin = DeviceCodeResponse & { readonly verification?: string };

/** The product as people see it: two apis behind one address, limits on, and Chromium to look at it. */
export class Site {
  readonly url: string;
  readonly deployment: Deployment;
  readonly browser: Browser;
  /** A Redis of its own, which may be frozen. */
  readonly redisServer: OwnRedis;
  readonly #redis: Redis;
  /** Those that serve now. */
  #apis: readonly ServiceProcess[];
  readonly #secret: string;
  readonly #stop: () => Promise<void>;
  readonly #serve: (apis: readonly string[]) => void;

  private constructor(
    url: string,
    deployment: Deployment,
    redisServer: OwnRedis,
    browser: Browser,
    secret: string,
    serve: (apis: readonly string[]) => void,
    stop: () => Promise<void>,
  ) {
    this.url = url;
    this.deployment = deployment;
    this.#apis = deployment.apis;
    this.browser = browser;
    this.redisServer = redisServer;
    this.#redis = new Redis(redisServer.url);
    this.#secret = secret;
    this.#serve = serve;
    this.#stop = stop;
  }

  /** Starts it all; `env` is what the services get besides. Two providers sign people in, one of which is down. With a `host` that is no
   * IP address, browsers make passkeys. */
  static async open(env: Readonly<Record<string, string>> = {}, host?: string): Promise<Site> {
    const browser = await launchChromium();
    const proxy = await openProxy(host);
    const [provider, down] = await Promise.all(['one', 'down'].map((id) => startOidcProvider(id, proxy.url)));
    await down?.stop();
    const secret = `${randomUUID()}${randomUUID()}`;
    const redis = await startOwnRedis();
    const settings = {
      PUBLIC_URL: proxy.url,
      RATE_LIMITS: 'on',
      TRUSTED_PROXY_HOPS: '1',
      SECRET: secret,
      OIDC_PROVIDERS: 'one,down',
      ...provider?.env,
      OIDC_ONE_MARK_FILE: join(import.meta.dirname, '../example-brand/provider.svg'),
      ...down?.env,
    };
    const deployment = await deploy({ ...settings, ...env }, redis).catch(async (error: unknown) => {
      await Promise.all([browser.close(), proxy.stop(), provider?.close(), down?.close()]);
      throw error;
    });
    proxy.serve(deployment.urls);
    return new Site(
      proxy.url,
      deployment,
      redis,
      browser,
      secret,
      (apis) => proxy.serve(apis),
      async () => {
        await browser.close();
        await proxy.stop();
        await deployment.stop();
        await Promise.all([provider?.close(), down?.close()]);
      },
    );
  }

  /** Stops the apis that run and starts another in their place, as a release does. */
  async replaceApis(): Promise<void> {
    const next = await this.deployment.stack.startApi();
    this.#serve([next.url]);
    await Promise.all(this.#apis.map((api) => api.end('SIGTERM')));
    this.#apis = [next];
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await this.#stop();
  }

  /** A browser of its own, at an address of its own, so that no limit joins two tests; signed in as `person` if there is one. */
  async browse(
    options: BrowserContextOptions = {},
    person: Person | null = null,
    browser = this.browser,
  ): Promise<BrowserContext> {
    const context = await browser.newContext({
      baseURL: this.url,
      locale: 'en',
      ...options,
      extraHTTPHeaders: { 'x-forwarded-for': someAddress(), ...options.extraHTTPHeaders },
    });
    // On a machine that does much else a page takes its time.
    context.setDefaultTimeout(120_000);
    if (person) await this.signInBrowser(context, person);
    return context;
  }

  /** The browser becomes one in which the person is signed in. */
  async signInBrowser(context: BrowserContext, { cookie }: Person): Promise<void> {
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: this.url, httpOnly: true, sameSite: 'Lax' }]);
  }

  /** A person with an account, not signed in anywhere but in this test. */
  signUp(): Promise<Person> {
    return Person.signUp(this.url, { 'x-forwarded-for': someAddress() });
  }

  /** Starts a login, as a program on another network does unless told where it is. */
  async startLogin(clientName?: string, address: string = elsewhere): Promise<StartedLogin> {
    const answer = await send<StartedLogin>(`${this.url}/api/auth/device/`, {
      json: clientName === undefined ? {} : { client_name: clientName },
      headers: { 'x-forwarded-for': address, 'user-agent': 'ravi-agent/1.4 (linux)' },
    });
    if (answer.status !== 200) throw new Error(`The login did not start: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  /** Lets the login's time pass. */
  async expire(login: DeviceCodeResponse): Promise<void> {
    await this.#redis.hset(this.#keyOf(login), 'expires_at', Date.now() - 1);
  }

  /** What Redis keeps of a login goes, as some time after its end. */
  async forget(login: DeviceCodeResponse): Promise<void> {
    await this.#redis.del(this.#keyOf(login));
  }

  /** Lets time pass since the login was approved. */
  async backdateApproval(login: DeviceCodeResponse, byMs: number): Promise<void> {
    const key = this.#keyOf(login);
    const approvedAtUs = Number(await this.#redis.hget(key, 'approved_at'));
    await this.#redis.hset(key, 'approved_at', approvedAtUs - byMs * 1000);
  }

  #keyOf(login: DeviceCodeResponse): string {
    const code = readDeviceCode(login.device_code, deriveServiceKeys(new Secret(this.#secret)));
    if (!code) throw new Error('This is no device_code of this site.');
    return `ravi:login:{${code.loginId}}`;
  }

  /** The path of a link that confirms the person's address, as a mail brings it. */
  async verificationLink(person: Person): Promise<string> {
    const { user, email } = person;
    // Otherwise the mail that waits for its server would bring a newer link.
    await this.proveAddress(person);
    const token = await new AccountLinks(this.#redis).make('verify', user.id, email);
    return `/verify?link=${token}`;
  }

  /** The path of a link that gives the person's account another address, as a mail brings it. */
  async addressLink({ user }: Person, email: string): Promise<string> {
    await this.#redis.hset(`ravi:account:${user.id}`, 'pending_email', email);
    const token = await new AccountLinks(this.#redis).make('address', user.id, email);
    return `/account/address/confirm?link=${token}`;
  }

  /** The path of a link that puts back how the person signed in before an app was replaced and a passkey added, as a mail brings it. */
  async undoLink({ user }: Person): Promise<string> {
    const factorStore = new FactorStore(this.#redis);
    const app = { sealedSecret: '1.sealed', lastStep: 1, addedAtMs: 1, lastUsedAtMs: null };
    const key = { ...app, id: 'key', publicKey: 'key', counter: 0, backupEligible: true, backedUp: true };
    const factors = { ...noFactors, totp: app, recoveryCodes: ['a hash'] };
    await factorStore.change(user.id, () => ({ kind: 'change', factors }));
    const undos = new SignInUndos(this.#redis);
    const account = (await new AccountStore(this.#redis).read(user.id))?.account;
    const id = account ? await undos.note(account, Date.now()) : null;
    const others = {
      totp: { ...app, addedAtMs: 2 },
      passkeys: [{ ...key, name: '', transports: [] }],
      recoveryCodes: ['another hash'],
    };
    await factorStore.change(user.id, () => ({ kind: 'change', factors: others }));
    return `/account/undo?link=${id ? await undos.makeLink(user.id, id, Date.now()) : ''}`;
  }

  async proveAddress({ user, email }: Person): Promise<void> {
    await this.#redis.hset(`ravi:account:${user.id}`, 'verified_email', email);
  }

  /** Signs the person in somewhere else too. */
  async signInAgain({ email, password }: Person): Promise<void> {
    const headers = {
      'x-forwarded-for': someAddress(),
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    };
    await send(`${this.url}/api/auth/login/`, { json: { email, password }, headers });
  }

  /** Tries wrong passwords from the address of this page's browser, for accounts that no test uses. */
  async tryPasswords(page: Page, times: number): Promise<void> {
    for (let attempt = 0; attempt < times; attempt++) {
      await page.request.post('/api/auth/login/', {
        data: { email: `${randomUUID()}@example.com`, password: 'a guess' },
      });
    }
  }

  /** Spoils what Redis has of the browser's session: whatever asks for it meets a fault that nobody foresaw. */
  async spoilSession(context: BrowserContext): Promise<void> {
    const cookie = (await context.cookies()).find(({ name }) => name.endsWith('ravi_session'));
    const key = `ravi:session:${createHash('sha256')
      .update(cookie?.value ?? '')
      .digest('base64url')}`;
    // In one step: others look at the page in this session too, and must not find it ended.
    await this.#redis.multi().del(key).lpush(key, 'not a session').exec();
  }
}

/** An address that no other test uses, most likely. (RFC 3849) */
function someAddress(): string {
  const [one, other] = [randomInt(0x1_0000), randomInt(0x1_0000)];
  return `2001:db8:${one.toString(16)}:${other.toString(16)}::1`;
}
