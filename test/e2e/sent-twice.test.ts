import { randomUUID } from 'node:crypto';
import { AccountStore, ResetLinks } from '@ravi/accounts';
import { Redis } from 'ioredis';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const at = (index: number) => deployment.urls[index % 2] ?? '';

test('a sign-up that is sent several times at once is one account, and every answer is a success', async () => {
  for (let round = 0; round < 5; round++) {
    const json = { email: `${randomUUID()}@example.com`, password: `pw-${randomUUID()}` };
    const answers = await Promise.all(
      Array.from({ length: 3 }, (_, index) =>
        send<{ user: { id: number } }>(`${at(index)}/api/auth/signup/`, { json }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
    const other = await send(`${at(0)}/api/auth/signup/`, {
      json: { ...json, password: 'another password' },
    });
    expect(other.status).toBe(409);
  }
});

test.each([
  ['at once', false],
  ['one after the other', true],
])(
  'a password change that is sent twice, %s, is one change, and the person stays signed in',
  async (_, inTurn) => {
    const person = await Person.signUp(at(0));
    const form = {
      csrf_token: person.csrfToken,
      current_password: person.password,
      new_password: `new-${randomUUID()}`,
    };
    const change = () =>
      send(`${at(0)}/account/password`, { form, headers: { cookie: person.cookie, origin: at(0) } });
    const first = change();
    if (inTurn) await first;
    const answers = await Promise.all([first, change()]);
    const cookies = answers.map(({ headers }) => headers.get('set-cookie')?.split(';')[0] ?? '');
    expect(answers.map(({ headers }) => headers.get('location'))).toEqual(
      answers.map(() => '/account/sessions?done=password'),
    );
    for (const cookie of cookies) {
      const page = await send(`${at(1)}/account/sessions`, { method: 'GET', headers: { cookie } });
      expect(page.text).toContain(person.email);
    }
    const { email } = person;
    const withNew = await send(`${at(1)}/api/auth/login/`, { json: { email, password: form.new_password } });
    expect(withNew.status).toBe(200);
  },
);

/** @shows reset link */
test('a reset link that is sent twice sets one password, and both are told so; with another password it is spent', async () => {
  const person = await Person.signUp(at(0));
  const redis = new Redis(deployment.redis.url);
  try {
    const made = await new ResetLinks(redis, new AccountStore(redis)).make(
      {
        ...person.user,
        firstName: '',
        lastName: '',
        epoch: '',
        sessionsEpoch: '',
        blocked: false,
        emailVerified: false,
        hasSecondFactor: false,
        language: '',
      },
      'operator',
    );
    const link = made.kind === 'made' ? made.token : '';
    const page = await send(`${at(0)}/reset?link=${link}`, { method: 'GET' });
    const csrf_token = /name="csrf_token" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? '';
    const reset = (new_password: string, index = 0) =>
      send(`${at(index)}/reset`, {
        form: { csrf_token, link, new_password },
        headers: { cookie, origin: 'null' },
      });
    const password = `new-${randomUUID()}`;
    const answers = await Promise.all([reset(password), reset(password, 1)]);
    expect(answers.map(({ status, headers }) => [status, headers.get('location')])).toEqual(
      answers.map(() => [303, '/reset?done=1']),
    );
    // A retry after a lost answer.
    expect((await reset(password)).status).toBe(303);
    const { email } = person;
    expect((await send(`${at(1)}/api/auth/login/`, { json: { email, password } })).status).toBe(200);
    // One wrong guess, and it tells nothing any more.
    expect((await reset('a guessed password')).status).toBe(410);
    expect((await reset(password)).status).toBe(410);
  } finally {
    redis.disconnect();
  }
});
