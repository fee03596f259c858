import { randomUUID } from 'node:crypto';
import type { DeviceTokenSuccess, WireNewApiKey } from '@ravi/contract';
import { Redis } from 'ioredis';
import { totpCode } from '../support/authenticator-app.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { changesToKeep, programsChanges } from '../support/changes-to-keep.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call } from '../support/logged-in.ts';
import { patientPerson } from '../support/patience.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait, waitPatiently } from '../support/program.ts';
import { RedisPair } from '../support/redis-pair.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

const describeWithReplicas = hasRedisServer ? describe : describe.skip;

describeWithReplicas('with RECORDS_REPLICAS=1', () => {
  let pair: RedisPair;
  let stack: TestStack;
  let api: ServiceProcess;
  let person: Person;
  beforeAll(async () => {
    pair = await RedisPair.start();
    stack = new TestStack(pair.url, { RECORDS_REPLICAS: '1' });
    [api] = await Promise.all([stack.startApi(), stack.startIssuer()]);
    person = await signUp();
  });
  afterAll(async () => {
    await stack.stop();
    await pair.stop();
  });
  afterEach(() => pair.thawReplica());

  /** Tries again where the replica did not confirm in half a second, as on a busy machine. */
  const inTime = <T>(prepare: () => Promise<T>) =>
    eventually('the replica confirms in time', () =>
      prepare().catch((error: unknown) => {
        if (/The sign-up failed: 503|The login failed/.test(String(error))) return null;
        throw error;
      }),
    );
  const signUp = () => inTime(() => Person.signUp(api.url));
  /** Sends it until it is not told to come again: the replica is back. */
  const again = <Answer extends { readonly status: number }>(ask: () => Promise<Answer>) =>
    eventually('the replica confirms in time', async () => {
      const answer = await ask();
      return answer.status === 503 ? null : answer;
    });
  /** The same for the form of a page. */
  const submitAgain = (visit: BrowserVisit, ...form: Parameters<BrowserVisit['submit']>) => {
    const { page } = visit;
    return again(async () => {
      visit.page = page;
      await visit.submit(...form);
      return visit.page;
    });
  };
  /** Logs a program in, however often it and its person have to ask. */
  const logIn = async () => {
    const login = await startLogin(api.url);
    const waiting = waitPatiently([api.url], login.device_code);
    await patientPerson(person, api.url)(login.user_code);
    const { status, body } = await waiting;
    expect(status).toBe(200);
    return body as DeviceTokenSuccess;
  };
  const unreplicated = async () =>
    Number(
      /^ravi_records_unreplicated_total\S* (\d+)/m.exec(
        await (await fetch(`${api.adminUrl}/metrics`)).text(),
      )?.[1],
    );
  const works = async (credential: string) =>
    (await call('GET', `${api.url}/api/auth/user/`, credential)).status === 200;
  const keysOf = async (credential: string) =>
    (await call<unknown[]>('GET', `${api.url}/api/auth/keys/management/`, credential)).body.length;
  const revoke = (token: string) =>
    send(`${api.url}/oauth/revoke`, { form: { token, client_id: 'ravi-device' } });

  /** @shows lost data */
  test('credentials that no replica has are not handed out: the program is told to ask again, and once the replica is back they come, once', async () => {
    const [polled, held] = [await startLogin(api.url), await startLogin(api.url)];
    const before = await unreplicated();
    pair.freezeReplica();
    const waiting = wait(api.url, held.device_code);
    await person.approve(api.url, polled.user_code);
    await person.approve(api.url, held.user_code);
    const ofPoll = await eventually('a poll was refused its credentials', async () => {
      const answer = await poll(api.url, polled.device_code);
      return answer.headers.has('retry-after') ? answer : null;
    });
    expect([ofPoll.status, ofPoll.body.error]).toEqual([400, 'authorization_pending']);
    expect((await waiting).body.error).toBe('authorization_pending');
    expect(await unreplicated()).toBeGreaterThanOrEqual(before + 2);
    await pair.thawReplica();
    for (const { device_code } of [polled, held]) {
      const { status, body } = await waitPatiently([api.url], device_code);
      expect(status).toBe(200);
      expect(await works((body as DeviceTokenSuccess).access)).toBe(true);
      expect((await poll(api.url, device_code)).status).not.toBe(200);
    }
  });

  test('a key that no replica has is given to nobody, and none is left', async () => {
    const { access } = await logIn();
    const before = await keysOf(access);
    pair.freezeReplica();
    const refused = await call('POST', `${api.url}/api/auth/keys/management/`, access, {});
    expect(refused.status).toBe(503);
    await pair.thawReplica();
    expect(await keysOf(access)).toBe(before);
    const made = await again(() =>
      call<WireNewApiKey>('POST', `${api.url}/api/auth/keys/management/`, access, {}),
    );
    expect(made.status).toBe(201);
  });

  /** @shows lost data */
  test('an end that no replica has holds at once, is told with 503, and asked again it is waited for again', async () => {
    const { access, refresh } = await logIn();
    pair.freezeReplica();
    const first = await revoke(refresh);
    expect(first.status).toBe(503);
    expect(first.headers.get('retry-after')).toBe('1');
    expect(await works(access)).toBe(false);
    expect((await revoke(refresh)).status).toBe(503);
    await pair.thawReplica();
    expect((await again(() => revoke(refresh))).status).toBe(200);
  });

  test('a refresh that no replica has is handed out all the same: its token works also when the write is lost', async () => {
    let { refresh } = await logIn();
    const goOn = async () => {
      const answer = await send<{ refresh: string }>(`${api.url}/api/auth/token/refresh/`, {
        json: { refresh },
      });
      expect(answer.status).toBe(200);
      ({ refresh } = answer.body);
    };
    const before = await unreplicated();
    pair.freezeReplica();
    await goOn();
    // Where Redis was so late that it counts as away, that is counted elsewhere.
    await eventually('one is counted', async () => (await unreplicated()) > before || goOn());
    await pair.thawReplica();
    await goOn();
  });

  test('an account that no replica has is answered with 503, and the same sign-up sent again with 201', async () => {
    const json = { email: `${randomUUID()}@example.com`, password: 'a long enough one' };
    const ask = () => send(`${api.url}/api/auth/signup/`, { json });
    pair.freezeReplica();
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(503);
    await pair.thawReplica();
    expect((await again(ask)).status).toBe(201);
  });

  test('a changed password that no replica has is answered with 503, the other sessions end, and sent again it is changed', async () => {
    const { email, password, cookie } = await signUp();
    const visit = new BrowserVisit(api.url);
    await visit.open('/signin?next=password');
    await submitAgain(visit, '/signin', { email, password });
    const wish = { current_password: password, new_password: `pw-${randomUUID()}` };
    pair.freezeReplica();
    await visit.submit('/account/password', wish);
    expect(visit.page.status).toBe(503);
    await pair.thawReplica();
    const other = await send(`${api.url}/account/sessions`, { method: 'GET', headers: { cookie } });
    expect(other.status).toBe(303);
    await visit.open('/account/password');
    await submitAgain(visit, '/account/password', wish);
    expect(visit.words).toContain('Where you are signed in');
    const json = { email, password: wish.new_password };
    expect((await send(`${api.url}/api/auth/login/`, { json })).status).toBe(200);
  });

  test('a factor and new recovery codes that no replica has are answered with 503; their person stays signed in, and the same form, sent again, shows the codes', async () => {
    const { email, password } = await signUp();
    const visit = new BrowserVisit(api.url);
    await visit.open('/signin?next=security');
    await submitAgain(visit, '/signin', { email, password });
    const codes = () => visit.page.text.match(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/g) ?? [];
    const sendTwice = async (action: string, form: Readonly<Record<string, string>> = {}) => {
      const { page } = visit;
      pair.freezeReplica();
      await visit.submit(action, form);
      expect([visit.page.status, codes()]).toEqual([503, []]);
      await pair.thawReplica();
      visit.page = page;
      await submitAgain(visit, action, form);
      return codes();
    };
    await visit.open('/account/security/app');
    const code = totpCode(/name="secret" value="([A-Z2-7]{32})"/.exec(visit.page.text)?.[1] ?? '');
    const first = await sendTwice('/account/security/app', { code, current_password: password });
    expect(first).toHaveLength(10);
    await visit.open('/account/security');
    const others = await sendTwice('/account/security/recovery-codes');
    expect([others.length, others.filter((each) => (first as string[]).includes(each))]).toEqual([10, []]);
    await visit.open('/account/security');
    await visit.submit('/account/security/remove');
    await sendTwice('/account/security/remove', { password });
    expect(visit.words).toContain('Your authenticator app is removed. All other browsers are signed out');
  });

  /** @shows lost data */
  test('nobody is told that a change is made before a replica has it, whichever change it is', async () => {
    const redis = new Redis(pair.url);
    const prepared = await Promise.all(
      Object.entries(changesToKeep(api.url, redis)).map(
        async ([name, prepare]) => [name, await inTime(prepare)] as const,
      ),
    );
    redis.disconnect();
    const before = await unreplicated();
    pair.freezeReplica();
    const answers = await Promise.all(
      prepared.map(async ([name, change]) => [name, await change()] as const),
    );
    expect(answers).toEqual(prepared.map(([name]) => [name, 503]));
    // Not only because Redis was away.
    expect((await unreplicated()) - before).toBeGreaterThan(0);
  });

  /** @shows lost data */
  test('a program that asks for its change again is told nothing else before a replica has it, also where its own credential has ended with it', async () => {
    const asked = await Promise.all(
      Object.entries(programsChanges(api.url)).map(
        async ([name, prepare]) => [name, await inTime(prepare)] as const,
      ),
    );
    const before = await unreplicated();
    pair.freezeReplica();
    for (const _ of ['first', 'again']) {
      const answers = await Promise.all(asked.map(async ([name, change]) => [name, await change()] as const));
      expect(answers).toEqual(asked.map(([name]) => [name, 503]));
    }
    // Not only because Redis was away.
    expect((await unreplicated()) - before).toBeGreaterThan(asked.length);
    await pair.thawReplica();
    const last = asked.map(async ([name, change]) => [
      name,
      await again(async () => ({ status: await change() })),
    ]);
    expect(Object.fromEntries(await Promise.all(last))).toEqual({
      'a new identity': { status: 201 },
      'a new identity with a name': { status: 409 },
      'a new identity with an address': { status: 409 },
      'an identity in another’s place': { status: 200 },
      'a renamed identity': { status: 200 },
      'a deleted identity': { status: 404 },
      'a revoked key': { status: 404 },
      'a program that logs out': { status: 401 },
      'a program that logs out by its key': { status: 401 },
      'a key that revokes the one that made it': { status: 401 },
      'a key that revokes itself': { status: 401 },
    });
  });

  test('look-ups and starts do not wait for replicas', async () => {
    const { access: other } = await logIn();
    // A replica is waited for half a second: on a busy machine the rest may take longer, but not each time.
    const inOrder = async () => {
      const { access } = await logIn();
      pair.freezeReplica();
      const order: string[] = [];
      const ending = revoke(access).finally(() => order.push('the end'));
      await eventually('the api waits for the replica', async () => !(await works(access)));
      const rest = [startLogin(api.url), poll(api.url, 'no code'), keysOf(other)];
      await Promise.all(rest).then(() => order.push('the rest'));
      expect((await ending).status).toBe(503);
      await pair.thawReplica();
      return order.join() === 'the rest,the end';
    };
    await eventually('the rest is answered first', inOrder);
  });

  // The last one: the primary does not come back.
  test('what was handed out is on the replica when the primary is lost in that very moment, and what was ended is ended there', async () => {
    const [kept, ended] = [await logIn(), await logIn()];
    expect((await again(() => revoke(ended.refresh))).status).toBe(200);
    await pair.losePrimary();
    const grantOf = (token: string) => JSON.parse(atob(token.split('.')[1] ?? '')).grant_id as string;
    const stateOf = (token: string) => pair.replica.hget(`ravi:grant:{${grantOf(token)}}`, 'state');
    expect(await stateOf(kept.refresh)).toBe('active');
    expect(await stateOf(ended.refresh)).toBe('ended');
  });
});
