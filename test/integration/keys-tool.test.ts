import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLifetimes, PublishedKeys } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { NotReplicated, type RecordWrites } from '@ravi/redis';
import { activateKey, addKey, listKeys, retireKey } from '../../tools/keys/commands.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const root = mkdtempSync(join(tmpdir(), 'ravi-keys-tool-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newDirectory = () => mkdtempSync(join(root, 'keys-'));
const nowMs = Date.UTC(2027, 0, 15, 8, 30, 5);
const dayMs = 86_400_000;

/** A key in a file of its own, or in one with others. */
function keyIn(file: string) {
  const pem = generateSigningKey();
  writeFileSync(file, pem, { flag: 'a' });
  const [key] = readSigningKeys([pem]);
  if (!key) throw new Error('There is no key.');
  return key;
}

describe('a new key', () => {
  const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

  test('is written for its owner alone, by the day and its kid, into a folder that is made for it; what comes next is told', () => {
    const directory = join(newDirectory(), 'made', 'for it');
    const { done, text } = addKey(directory, nowMs);
    const [kid = ''] = text.split('\n');
    const file = join(directory, `2027-01-15-${kid.slice(0, 8)}.pem`);
    expect([done, text]).toEqual([
      true,
      `${kid}\nwritten to ${file}. Issuers publish it within seconds; two minutes later: npm run keys -- activate ${kid}`,
    ]);
    expect(readSigningKeys([readFileSync(file, 'utf8')]).map((key) => key.kid)).toEqual([kid]);
    expect([modeOf(directory), modeOf(file), readdirSync(directory)]).toEqual([
      '700',
      '600',
      [`2027-01-15-${kid.slice(0, 8)}.pem`],
    ]);
  });

  test('may be read by whoever may read the key beside it, and replaces none', () => {
    const directory = newDirectory();
    const beside = join(directory, 'a.pem');
    keyIn(beside);
    chmodSync(beside, 0o640);
    // Only an administrator gives a file away.
    if (process.getuid?.() === 0) chownSync(beside, 4711, 4712);
    const files = [1, 2].map(() => / to (.*)\. Issuers/.exec(addKey(directory, nowMs).text)?.[1] ?? '');
    expect(files.map(modeOf)).toEqual(['640', '640']);
    const ownersOf = (file: string) => [statSync(file).uid, statSync(file).gid];
    expect(files.map(ownersOf)).toEqual([ownersOf(beside), ownersOf(beside)]);
    expect(readdirSync(directory)).toHaveLength(3);
  });

  test('that cannot be put there leaves nothing behind', () => {
    const directory = newDirectory();
    symlinkSync(join(directory, 'nowhere'), join(directory, 'a.pem'));
    expect(() => addKey(directory, nowMs)).toThrow('a.pem');
    expect(readdirSync(directory)).toEqual(['a.pem']);
  });

  test('is left to the operator where issuers have their keys from elsewhere', () => {
    expect(addKey(null, nowMs)).toEqual({
      done: false,
      text: 'SIGNING_KEY_DIR is not set: add the key yourself to SIGNING_KEY_FILES or SIGNING_KEYS.',
    });
  });
});

/** Two keys in a folder: the older one signs, the newer one was published a day later. */
async function twoKeys() {
  const directory = newDirectory();
  const [older, newer] = ['b.pem', 'a.pem'].map((name) => keyIn(join(directory, name)));
  if (!older || !newer) throw new Error('A key is missing.');
  const published = new PublishedKeys(redis, `test:${randomUUID()}:`);
  await published.publish([older.publicJwk], nowMs - dayMs);
  await published.publish([older.publicJwk, newer.publicJwk], nowMs);
  return { directory, published, older: older.kid, newer: newer.kid };
}

test('keys are listed with their state, since when they are published, when they signed last, and until when they verify', async () => {
  const { published, older, newer } = await twoKeys();
  const rows = async (atMs: number) =>
    (await listKeys(published, atMs)).text.split('\n').map((line) => line.split(/ {2,}/));
  const [yesterday, today] = ['2027-01-14T08:30:05', '2027-01-15T08:30:05'];
  expect(await rows(nowMs)).toEqual([
    ['kid', 'state', 'published', 'last in use', 'verifies until'],
    [older, 'active', yesterday, today, '-'],
    [newer, 'published', today, '-', '-'],
  ]);
  await activateKey(published, newer, nowMs, true);
  await retireKey(published, null, older, nowMs + 15_000, false);
  const [, retired, active] = await rows(nowMs);
  expect(retired).toEqual([older, 'retired', yesterday, today, expect.stringMatching(/^2027-02-14T/)]);
  expect(active?.slice(0, 3)).toEqual([newer, 'active', today]);
  const { text } = await listKeys(published, nowMs);
  expect(text.split('\n').every((line) => line === line.trimEnd())).toBe(true);
  const none = new PublishedKeys(redis, `test:${randomUUID()}:`);
  expect(await listKeys(none, nowMs)).toEqual({ done: true, text: 'No key is published: start an issuer.' });
});

test('a key that cannot be activated is refused with a sentence that says why, and what to do', async () => {
  const { published, older, newer } = await twoKeys();
  const activate = (kid: string, atMs: number, atOnce = false) => activateKey(published, kid, atMs, atOnce);
  expect(await activate(newer, nowMs + 500)).toEqual({
    done: false,
    text: `${newer} has not been published long enough for every cache: wait 120 s. In an emergency: --now`,
  });
  expect(await activate('7', nowMs, true)).toEqual({
    done: false,
    text: '7 is not published. Is an issuer running that holds it?',
  });
  expect(await activate(newer, nowMs + dayMs)).toEqual({
    done: false,
    text: `No running issuer holds ${newer}.`,
  });
  expect(await activate(newer, nowMs, true)).toEqual({
    done: true,
    text: `${newer} is active. Every issuer that holds it signs with it within seconds.`,
  });
  await retireKey(published, null, older, nowMs, true);
  expect(await activate(older, nowMs, true)).toEqual({
    done: false,
    text: `${older} is retired. Add a new key.`,
  });
});

test('a key that is retired is told until when its tokens verify, and its file is deleted', async () => {
  const { directory, published, older, newer } = await twoKeys();
  let atMs = nowMs;
  const retire = (kid: string, atOnce = false) => retireKey(published, directory, kid, atMs, atOnce);
  expect(await retire(older)).toEqual({ done: false, text: `${older} is active: activate another first.` });
  expect(await retire('7')).toEqual({ done: false, text: '7 is not known.' });
  await activateKey(published, newer, nowMs, true);
  const inUse = `An issuer signed with ${older} within the last 15 s. `;
  expect(await retire(older)).toEqual({ done: false, text: expect.stringContaining(inUse) });
  atMs += 15_000;
  writeFileSync(join(directory, '0.pem'), 'no key');
  const { done, text } = await retire(older);
  expect([done, text.replace(/2027-02-14T\S+Z/, 'THEN')]).toEqual([
    true,
    `${older} never signs again. Its tokens verify until THEN.\n${join(directory, 'b.pem')} is deleted.`,
  ]);
  expect(readdirSync(directory)).toEqual(['0.pem', 'a.pem']);
  expect((await retire(older, true)).text).toBe(
    `${older} never signs again. No token of it verifies any more.\nDelete its private half wherever the issuers have it from.`,
  );
});

test('a change counts as done once replicas have it; until then the file stays, and the same command waits again', async () => {
  const { directory, published: known, older, newer } = await twoKeys();
  const prefix = `test:${randomUUID()}:`;
  const replicas = { away: true, asked: Array.of<string>() };
  const writes: RecordWrites = {
    redis,
    replicated: async (...names) => {
      replicas.asked.push(...names);
      if (replicas.away) throw new NotReplicated();
    },
  };
  const published = new PublishedKeys(redis, prefix, defaultLifetimes, writes);
  const keys = await known.list(nowMs);
  await published.publish(keys.slice(0, 1), nowMs);
  await published.publish(keys, nowMs);
  const activate = () => activateKey(published, newer, nowMs, true);
  const retire = () => retireKey(published, directory, older, nowMs, true);
  await expect(activate()).rejects.toThrow(NotReplicated);
  await expect(retire()).rejects.toThrow(NotReplicated);
  expect(readdirSync(directory)).toEqual(['a.pem', 'b.pem']);
  replicas.away = false;
  expect([(await activate()).done, (await retire()).done]).toEqual([true, true]);
  expect(readdirSync(directory)).toEqual(['a.pem']);
  expect(replicas.asked).toEqual(Array(4).fill(`${prefix}ravi:jwks`));
  await listKeys(published, nowMs);
  expect(replicas.asked).toHaveLength(4);
});

test('a file with another key in it stays, and so do files where no folder is named or it is not there', async () => {
  const { directory, published, older, newer } = await twoKeys();
  await activateKey(published, newer, nowMs, true);
  const another = keyIn(join(directory, 'b.pem'));
  for (const from of [directory, null, join(directory, 'nowhere')])
    expect((await retireKey(published, from, older, nowMs, true)).text).toContain(
      '\nDelete its private half wherever the issuers have it from.',
    );
  const [, kept] = readSigningKeys([readFileSync(join(directory, 'b.pem'), 'utf8')]);
  expect(kept?.kid).toBe(another.kid);
});
