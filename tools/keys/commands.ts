import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PublishedKeys } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { hasKeyFiles, keyFiles, readKeyFile } from '@ravi/issuer/signing-keys';

/** The result of a command: the text to print, and whether it was done. */
export interface CommandResult {
  readonly done: boolean;
  readonly text: string;
}

const done = (text: string): CommandResult => ({ done: true, text });
const refused = (text: string): CommandResult => ({ done: false, text });

/** Writes a new private key into the issuers' directory; they find and publish it within seconds. */
export function addKey(directory: string | null, nowMs: number): CommandResult {
  if (directory === null) {
    return refused('SIGNING_KEY_DIR is not set: add the key yourself to SIGNING_KEY_FILES or SIGNING_KEYS.');
  }
  const pem = generateSigningKey();
  const kid = readSigningKeys([pem])[0]?.kid ?? '';
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const file = join(directory, `${day}-${kid.slice(0, 8)}.pem`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Written aside and linked into place, so that no issuer reads half a key.
  const draft = join(directory, `.draft-${process.pid}`);
  try {
    writeFileSync(draft, pem, { mode: 0o600 });
    const [neighbour] = keyFiles(directory);
    if (neighbour !== undefined) shareAs(draft, statSync(neighbour));
    linkSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return done(
    `${kid}\nwritten to ${file}. Issuers publish it within seconds; two minutes later: npm run keys -- activate ${kid}`,
  );
}

/** Gives a file the owner and mode of an existing key: the issuer, which is to read it, may be another user. */
function shareAs(file: string, { uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>): void {
  try {
    chownSync(file, uid, gid);
  } catch {
    // Only an administrator may; elsewhere the mode has to be enough.
  }
  chmodSync(file, mode & 0o777);
}

const at = (ms: number | null) => (ms === null ? '-' : new Date(ms).toISOString().slice(0, 19));

/** Lists every key that verifies tokens, with its state. */
export async function listKeys(published: PublishedKeys, nowMs: number): Promise<CommandResult> {
  const keys = await published.listWithLife(nowMs);
  if (keys.length === 0) return done('No key is published: start an issuer.');
  const rows = keys.map((key) => [
    key.kid,
    key.active ? 'active' : key.retireAtMs === null ? 'published' : 'retired',
    at(key.publishedAtMs),
    at(key.signedAtMs),
    at(key.retireAtMs),
  ]);
  const table = [['kid', 'state', 'published', 'last in use', 'verifies until'], ...rows];
  return done(
    table
      .map(([kid = '', state = '', ...times]) =>
        [kid.padEnd(43), state.padEnd(9), ...times.map((time) => time.padEnd(19))].join('  ').trimEnd(),
      )
      .join('\n'),
  );
}

/** Lets all issuers sign with this key. Rejects with `NotReplicated` where that may yet be lost: the same command again waits again. */
export async function activateKey(
  published: PublishedKeys,
  kid: string,
  nowMs: number,
  atOnce: boolean,
): Promise<CommandResult> {
  const activation = await published.activate(kid, nowMs, atOnce);
  switch (activation.kind) {
    case 'activated':
      await published.replicated();
      return done(`${kid} is active. Every issuer that holds it signs with it within seconds.`);
    case 'tooFresh':
      return refused(
        `${kid} has not been published long enough for every cache: wait ${Math.ceil(activation.waitMs / 1000)} s. ` +
          'In an emergency: --now',
      );
    case 'notHeld':
      return refused(`No running issuer holds ${kid}.`);
    case 'retired':
      return refused(`${kid} is retired. Add a new key.`);
    case 'unknown':
      return refused(`${kid} is not published. Is an issuer running that holds it?`);
  }
}

/** Retires a key, and deletes its private half if the directory has it in its own file. Rejects as `activateKey` does. */
export async function retireKey(
  published: PublishedKeys,
  directory: string | null,
  kid: string,
  nowMs: number,
  atOnce: boolean,
): Promise<CommandResult> {
  const retirement = await published.retire(kid, nowMs, atOnce);
  switch (retirement.kind) {
    case 'active':
      return refused(`${kid} is active: activate another first.`);
    case 'inUse':
      return refused(
        `An issuer signed with ${kid} within the last 15 s. If another key was activated just now, wait; else that issuer lacks ` +
          'the active key: its log says "signing keys". Give it the key first, or it could sign nothing.',
      );
    case 'unknown':
      return refused(`${kid} is not known.`);
    case 'retired': {
      await published.replicated();
      const gone = retirement.atMs <= nowMs;
      const until = new Date(retirement.atMs).toISOString();
      return done(
        `${kid} never signs again. ${gone ? 'No token of it verifies any more.' : `Its tokens verify until ${until}.`}\n` +
          deletePrivateHalf(directory, kid),
      );
    }
  }
}

/** A retired key needs no private half, and a deleted one cannot leak. */
function deletePrivateHalf(directory: string | null, kid: string): string {
  const files = directory !== null && hasKeyFiles(directory) ? keyFiles(directory) : [];
  const file = files.find((candidate) => {
    try {
      const keys = readKeyFile(candidate);
      return keys.length === 1 && keys[0]?.kid === kid;
    } catch {
      return false;
    }
  });
  if (file === undefined) return 'Delete its private half wherever the issuers have it from.';
  try {
    rmSync(file);
    return `${file} is deleted.`;
  } catch {
    return `Delete ${file}: that is not allowed from here.`;
  }
}
