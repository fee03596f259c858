import { openSession } from './open-session.ts';
import { memoryStore } from './stores/memory-store.ts';
import { UnencryptedAddress } from './server-address.ts';
import { keptLogin } from '../../../test/support/kept-login.ts';

const server = 'https://login.example.com';
const credentials = {
  ...keptLogin,
  account: { id: 1, email: 'me@example.com', firstName: 'Ada', lastName: '' },
};

test('the login that the store has is opened, if it is of this server', async () => {
  const store = memoryStore();
  expect(await openSession({ server, store })).toBeNull();
  await store.write(credentials);
  const session = await openSession({ server: `${server}/`, store });
  expect(session).toMatchObject({ server, account: credentials.account });
  expect(await session?.accessToken()).toBe('access-0');
  for (const other of ['https://elsewhere.example', `${server}/tenant`, `${server}.au`]) {
    expect(await openSession({ server: other, store })).toBeNull();
    const others = memoryStore();
    await others.write({ ...credentials, server: other });
    expect(await openSession({ server, store: others })).toBeNull();
  }
});

test('a server to which tokens would travel in the clear is refused, unless that is allowed', async () => {
  const store = memoryStore();
  const open = { server: 'http://login.example.com', store };
  await expect(openSession(open)).rejects.toThrow(UnencryptedAddress);
  const endpoints = { deviceAuthorization: server, token: open.server, revocation: null };
  await expect(openSession({ server, store, endpoints })).rejects.toThrow(UnencryptedAddress);
  await store.write({ ...credentials, server: open.server });
  const session = await openSession({
    ...open,
    allowHttp: true,
    fetch: async () => Response.json({ hello: 'world' }),
  });
  expect((await session?.fetch(`${open.server}/api`))?.status).toBe(200);
});
