/**
 * Takes the next step of a rotation of SECRET in `.env`, and says what to do before the one after it:
 *
 *     1  SECRET_NEXT      a new secret: every process learns it, none uses it
 *     2  SECRET           becomes that one, and SECRET_PREVIOUS the one before
 *     3  SECRET_PREVIOUS  goes
 *
 * No secret is printed. Plain JavaScript, so that it runs on a machine that has only Node and Docker.
 *
 *     npm run rotate-secret            in the repository's root
 *     npm run rotate-secret -- FOLDER  elsewhere
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './setup/root.mjs';

const file = join(resolve(process.argv[2] ?? root), '.env');
const restart =
  'Now replace every process, one at a time, such as with "docker compose up -d" and the --scale that you use; wait until all are ready';

/** @param {string} text */
function nextStep(text) {
  const [secret, next, previous] = ['SECRET', 'SECRET_NEXT', 'SECRET_PREVIOUS'].map((name) =>
    valueOf(text, name),
  );
  if (secret === undefined) return null;
  if (next !== undefined) {
    return {
      text: withSecrets(text, { SECRET: next, SECRET_PREVIOUS: secret }),
      said: `Step 2 of 3: the new SECRET is used. ${restart}, and then for DEVICE_CODE_TTL_SECONDS (15 minutes) and one minute; run "npm run accounts -- reseal" meanwhile, in the compose stack "docker compose exec api npm run -s accounts -- reseal", so that authenticator apps go on working; then run this again.`,
    };
  }
  if (previous !== undefined) {
    return {
      text: withSecrets(text, { SECRET: secret }),
      said: 'Step 3 of 3: the old secret is gone. Now replace every process, one at a time. That was all.',
    };
  }
  return {
    text: withSecrets(text, { SECRET: secret, SECRET_NEXT: randomBytes(48).toString('base64url') }),
    said: `Step 1 of 3: every process learns the new secret. ${restart}; then run this again.`,
  };
}

/**
 * What stands behind a name, as it is written; undefined for nothing. The last line counts, as for whoever reads the file: `secrets.mjs`
 * writes below a name without a value.
 * @param {string} text
 * @param {string} name
 */
function valueOf(text, name) {
  const written = [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].at(-1)?.[1]?.trim() ?? '';
  return /^(?:""|'')?$/.test(written) ? undefined : written;
}

/**
 * The text with these secrets, where the first of them stood, and with no other.
 * @param {string} text
 * @param {Readonly<Record<string, string>>} secrets
 */
function withSecrets(text, secrets) {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  const [before = '', ...after] = text.split(/^SECRET(?:_NEXT|_PREVIOUS)?=.*\n?/m);
  return [before, ...lines, ...after].join('');
}

let present = null;
try {
  present = readFileSync(file, 'utf8');
} catch {
  // Said below.
}
const step = present === null ? null : nextStep(present);
if (step === null) {
  console.error(`${file} has no SECRET: make one with "npm run secrets", or name the folder of the file.`);
  process.exitCode = 1;
} else {
  // Written aside, so that no process reads half a file; beside the file itself, so that a link to it stays one.
  const target = realpathSync(file);
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, step.text, { mode: 0o600, flag: 'wx' });
  renameSync(draft, target);
  console.log(`${file}: ${step.said}`);
}
