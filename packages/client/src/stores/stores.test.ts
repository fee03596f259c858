import { promises } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
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
function workingKeyring(kept = new Map<string, string>()): Keyring {
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
  test('keeps a login, also while it is tried again, forgets it, and lets one in at a time', async () => {
    const store = make();
    await store.probe();
    expect(await store.read()).toBeNull();
    await store.write(credentials);
    expect(await store.read()).toEqual(credentials);
    // It is tried before each refresh, too.
    await store.probe();
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

test('a file is kept so that its owner can read it, also where a umask takes that right away', async () => {
  const path = join(folder, 'login.json');
  const before = process.umask(0o777);
  try {
    await fileStore(path).write(credentials);
  } finally {
    process.umask(before);
  }
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
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

/** Runs the work with other functions in the place of some of the file system's. */
async function withFileSystem(
  otherThan: (real: typeof promises) => Partial<typeof promises>,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = { ...promises };
  try {
    Object.assign(promises, otherThan(before));
    syncBuiltinESMExports();
    await work();
  } finally {
    Object.assign(promises, before);
    syncBuiltinESMExports();
  }
}

test('a login is on the disk and its file closed before it takes the place of the one before', async () => {
  const steps: string[] = [];
  const noting = ({ open, rename }: typeof promises): Partial<typeof promises> => ({
    open: async (...how) => {
      const handle = await open(...how);
      const [sync, close] = [handle.sync.bind(handle), handle.close.bind(handle)];
      handle.sync = () => sync().then(() => void steps.push('on the disk'));
      handle.close = () => close().then(() => void steps.push('closed'));
      return handle;
    },
    rename: (...names) => rename(...names).then(() => void steps.push('in its place')),
  });
  const store = fileStore(join(folder, 'login.json'));
  await withFileSystem(noting, () => store.write(credentials));
  expect(steps).toEqual(['on the disk', 'closed', 'in its place']);
});

test('where the disk is full, that is told, also before a login starts, and what was kept stays as it was, alone', async () => {
  const store = fileStore(join(folder, 'login.json'));
  await store.write(credentials);
  const full = ({ open }: typeof promises): Partial<typeof promises> => ({
    open: async (...how) => {
      await (await open(...how)).close();
      return open('/dev/full', 'w');
    },
  });
  const told = {
    code: 'store_unusable',
    message: expect.stringContaining('the disk is full (ENOSPC)'),
  };
  await withFileSystem(full, async () => {
    await expect(store.write({ ...credentials, accessToken: 'another' })).rejects.toMatchObject(told);
    await expect(store.probe()).rejects.toMatchObject(told);
  });
  expect([await store.read(), await readdir(folder)]).toEqual([credentials, ['login.json']]);
});

test('the trial of a file leaves nothing', async () => {
  await fileStore(join(folder, 'login.json')).probe();
  expect(await readdir(folder)).toEqual([]);
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
  ['a folder where the file should be', 'folder/login.json', 'folder/login.json/x', 'folder'],
  ['a file where a folder should be', 'file/login.json', 'file', '.'],
])('%s is told, with the path and no secret, which is nowhere left', async (_, path, obstacle, where) => {
  if (obstacle.endsWith('/x')) await mkdir(join(folder, obstacle), { recursive: true });
  else await writeFile(join(folder, obstacle), '');
  const before = await readdir(join(folder, where));
  const store = fileStore(join(folder, path));
  for (const attempt of [() => store.write(credentials), () => store.read()]) {
    const error = await attempt().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining(join(folder, path)),
    });
    expect(JSON.stringify(error) + String(error)).not.toContain('-token');
  }
  expect(await readdir(join(folder, where))).toEqual(before);
});

test('forgetting a login removes what a killed process left of it, also where another removes that first, and nothing else', async () => {
  const store = fileStore(join(folder, 'login.json'));
  await store.write(credentials);
  for (const left of ['4711', '4712']) await writeFile(join(folder, `.login.json.${left}.tmp`), 'half');
  // The last one is of a login that is kept beside this one, and just being written.
  const others = ['.login.json.mine', 'other.json', 'other.tmp', '.login.json2.4713.tmp'].toSorted();
  for (const other of others) await writeFile(join(folder, other), 'not ours');
  const another = ({ rm: remove }: typeof promises): Partial<typeof promises> => ({
    rm: async (path, options) => {
      await remove(path);
      await remove(path, options);
    },
  });
  await withFileSystem(another, () => store.clear());
  expect((await readdir(folder)).toSorted()).toEqual(others);
});

test('a login is forgotten where no folder was made for it yet', async () => {
  await fileStore(join(folder, 'none/login.json')).clear();
  expect(await readdir(folder)).toEqual([]);
});

test('the trial of a keychain leaves nothing', async () => {
  const kept = new Map<string, string>();
  await keychain(workingKeyring(kept)).probe();
  expect([...kept]).toEqual([]);
});

test('an entry of the keychain that is no login is told by the name that the keychain shows, and left as it is', async () => {
  const kept = new Map([['a-test https://login.example.com', 'a note']]);
  await expect(keychain(workingKeyring(kept)).read()).rejects.toMatchObject({
    code: 'store_corrupted',
    message: expect.stringContaining('"a-test" holds no login'),
  });
  expect([...kept.values()]).toEqual(['a note']);
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
  await expect(keychain(broken).write(credentials)).rejects.toThrow('cannot be used: AccessDenied.');
  const missing = keychainStore({
    service: 'a-test',
    account: 'x',
    lockFolder: folder,
    load: () => Promise.reject(new Error('Cannot find package')),
  });
  await expect(missing.probe()).rejects.toMatchObject(told);
  expect(await readdir(folder)).toEqual([]);
});
