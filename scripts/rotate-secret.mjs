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
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './setup/root.mjs';

const file = join(resolve(process.argv[2] ?? root), '.env');
const restart =
  'Now replace every process, one at a time, such as with "docker compose up -d" and the --scale that you use; wait until all are ready';

/** @param {string} text */
function nextStep(text) {
  const value = (/** @type {string} */ name) => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1];
  const without = (/** @type {string} */ name) => text.replace(new RegExp(`^${name}=.*\n?`, 'm'), '');
  const secret = value('SECRET');
  const next = value('SECRET_NEXT');
  if (secret === undefined) return null;
  if (next !== undefined) {
    text = without('SECRET_NEXT');
    text = without('SECRET_PREVIOUS');
    const both = () => `SECRET=${next}\nSECRET_PREVIOUS=${secret}`;
    return {
      text: text.replace(/^SECRET=.*$/m, both),
      said: `Step 2 of 3: the new SECRET is used. ${restart}, and then for DEVICE_CODE_TTL_SECONDS (15 minutes) and one minute; run "npm run accounts -- reseal" meanwhile, so that authenticator apps go on working; then run this again.`,
    };
  }
  if (value('SECRET_PREVIOUS') !== undefined) {
    return {
      text: without('SECRET_PREVIOUS'),
      said: 'Step 3 of 3: the old secret is gone. Now replace every process, one at a time. That was all.',
    };
  }
  return {
    text: text.replace(
      /^SECRET=.*$/m,
      (line) => `${line}\nSECRET_NEXT=${randomBytes(48).toString('base64url')}`,
    ),
    said: `Step 1 of 3: every process learns the new secret. ${restart}; then run this again.`,
  };
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
  // Written aside, so that no process reads half a file.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, step.text, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
  console.log(`${file}: ${step.said}`);
}
