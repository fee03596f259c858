import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../credentials.ts';
import type { CredentialStore } from './credential-store.ts';
import { fileStore } from './file-store.ts';
import { type Keyring, keychainStore } from './keychain-store.ts';
import { memoryStore } from './memory-store.ts';

const credentials: Credentials = {
  server: 'https://login.example.com',
  protocol: 'ravi',
  clientId: null,
  accessToken: 'an-access-token',
  tokenType: 'Bearer',
  refreshToken: 'a-refresh-token',
  issuedAtMs: 1,
  expiresAtMs: 2,
  scope: null,
  dpopKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' },
  account: { id: 1, email: 'me@example.com', firstName: 'Ada', lastName: '' },
  managementKey: 'a-management-key',
  identityKey: null,
  identities: [{ uuid: 'u', name: 'Ada', email: 'ada@example.com' }],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A keychain that works, of one process. */
function workingKeyring(): Keyring {
  const kept = new Map<string, string>();
  return {
    Entry: class {
      readonly #name: string;
      constructor(service: string, account: string) {
        this.#name = `${service} ${account}`;
      }
      getPassword = () => kept.get(this.#name) ?? null;
      setPassword = (text: string) => void kept.set(this.#name, text);
      deletePassword = () => kept.delete(this.#name);
    },
  };
}
const keychain = (keyring?: Keyring) =>
  keychainStore({
    service: 'a-test',
    account: 'https://login.example.com',
    lockFolder: join(folder, 'locks'),
    ...(keyring ? { load: async () => keyring } : {}),
  });

const stores: readonly (readonly [string, () => CredentialStore])[] = [
  ['memory', memoryStore],
  ['a file', () => fileStore(join(folder, 'deep/login.json'))],
  ['the keychain', () => keychain(workingKeyring())],
];

describe.each(stores)('%s', (_name, make) => {
  test('keeps a login, forgets it, and lets one in at a time', async () => {
    const store = make();
    await store.probe();
    expect(await store.read()).toBeNull();
    await store.write(credentials);
    expect(await store.read()).toEqual(credentials);
    await store.clear();
    await store.clear();
    expect(await store.read()).toBeNull();

    let inside = 0;
    const work = () =>
      store.exclusively(async () => {
        const before = ++inside;
        await new Promise(setImmediate);
        inside--;
        return before;
      });
    expect(await Promise.all([work(), work(), work()])).toEqual([1, 1, 1]);
    await expect(store.exclusively(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});

test('a file is its owner’s alone, and so is its new folder, whatever the umask', async () => {
  const before = process.umask(0o000);
  try {
    const path = join(folder, 'new/login.json');
    await fileStore(path).write(credentials);
    const modes = await Promise.all([stat(path), stat(join(folder, 'new'))]);
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['600', '700']);
  } finally {
    process.umask(before);
  }
});

test('a file that was open to others is closed by the next write', async () => {
  const path = join(folder, 'login.json');
  await writeFile(path, '{}');
  await chmod(path, 0o644);
  await fileStore(path).write(credentials);
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
});

test('whoever reads amid writes gets a whole login', async () => {
  const store = fileStore(join(folder, 'login.json'));
  await store.write(credentials);
  const writing = Promise.all(Array.from({ length: 30 }, () => store.write(credentials)));
  for (let read = 0; read < 50; read++) expect(await store.read()).toEqual(credentials);
  await writing;
  expect(await readdir(folder)).toEqual(['login.json']);
});

test.each(['', '{', '[]', 'null', '{"version":2}', '\u0000\u0000', '{"version":1,"server":"x"}'])(
  'a file that is broken is told, and left as it is: %j',
  async (text) => {
    const path = join(folder, 'login.json');
    await writeFile(path, text);
    await expect(fileStore(path).read()).rejects.toMatchObject({
      code: 'store_corrupted',
      message: expect.stringContaining('log in again'),
    });
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

test.each([
  ['a folder where the file should be', 'folder/login.json', 'folder/login.json/x'],
  ['a file where a folder should be', 'file/login.json', 'file'],
])('%s is told, with the path and no secret', async (_, path, obstacle) => {
  if (obstacle.endsWith('/x')) await mkdir(join(folder, obstacle), { recursive: true });
  else await writeFile(join(folder, obstacle), '');
  const store = fileStore(join(folder, path));
  const error = await store.write(credentials).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'store_unusable',
    message: expect.stringContaining(join(folder, path)),
  });
  expect(JSON.stringify(error) + String(error)).not.toContain('-token');
});

test('forgetting a login removes what a killed process left of it', async () => {
  const store = fileStore(join(folder, 'login.json'));
  await store.write(credentials);
  await writeFile(join(folder, '.login.json.4711.tmp'), 'half a login');
  await writeFile(join(folder, 'other.json'), 'not ours');
  await store.clear();
  expect(await readdir(folder)).toEqual(['other.json']);
});

test('a keychain that cannot keep anything says so before a login starts, and names the file as the other way', async () => {
  const broken: Keyring = {
    Entry: class {
      getPassword = () => null;
      setPassword = () => {
        throw new Error('AccessDenied');
      };
      deletePassword = () => false;
    },
  };
  const told = { code: 'store_unusable', message: expect.stringContaining('--store file') };
  await expect(keychain(broken).probe()).rejects.toMatchObject(told);
  const missing = keychainStore({
    service: 'a-test',
    account: 'x',
    lockFolder: folder,
    load: () => Promise.reject(new Error('Cannot find package')),
  });
  await expect(missing.probe()).rejects.toMatchObject(told);
  expect(await readdir(folder)).toEqual([]);
});
