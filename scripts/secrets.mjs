/**
 * Creates the secrets for docker-compose.yml that do not exist yet:
 *
 *     .env                             SECRET, passwords of Redis and Grafana; SIGNING_KEY_DIR
 *     secrets/signing-keys/first.pem   the issuer's signing key (EC P-256, PKCS#8)
 *
 * Both are git-ignored; neither is ever printed or replaced. Plain JavaScript, so that it runs on a machine that has
 * only Node and Docker.
 *
 *     npm run secrets            into the repository's root
 *     npm run secrets -- FOLDER  elsewhere
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from './setup/root.mjs';

const folder = resolve(process.argv[2] ?? root);
const settings = join(folder, '.env');
const signingKey = join(folder, 'secrets/signing-keys/first.pem');

if (existsSync(signingKey)) {
  console.log(`${signingKey}: there already, left as it is`);
} else {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  // `secrets` is its owner's alone. What is in it is readable, because in the container another user reads it: there the
  // folder of the keys is mounted by itself, so that the mode of `secrets` does not count.
  mkdirSync(join(folder, 'secrets'), { recursive: true, mode: 0o700 });
  mkdirSync(dirname(signingKey), { recursive: true });
  chmodSync(dirname(signingKey), 0o755);
  writeFileSync(signingKey, privateKey, { flag: 'wx' });
  chmodSync(signingKey, 0o644);
  console.log(`${signingKey}: written`);
}

const present = existsSync(settings) ? readFileSync(settings, 'utf8') : '';
/** @type {Readonly<Record<string, () => string>>} */
const wanted = {
  SECRET: () => randomBytes(48).toString('base64url'),
  REDIS_API_PASSWORD: () => randomBytes(32).toString('base64url'),
  REDIS_ISSUER_PASSWORD: () => randomBytes(32).toString('base64url'),
  REDIS_OPERATOR_PASSWORD: () => randomBytes(32).toString('base64url'),
  GRAFANA_PASSWORD: () => randomBytes(18).toString('base64url'),
  SIGNING_KEY_DIR: () => './secrets/signing-keys',
};
const missing = Object.keys(wanted).filter((name) => !new RegExp(`^${name}=.`, 'm').test(present));
if (missing.length === 0) {
  console.log(`${settings}: has ${Object.keys(wanted).join(', ')} already, left as it is`);
} else {
  const newLine = present === '' || present.endsWith('\n') ? '' : '\n';
  const lines = missing.map((name) => `${name}=${wanted[name]?.()}\n`);
  // Everybody may read a file that was there before, such as a copy of .env.example: with secrets in it they may not.
  if (existsSync(settings)) chmodSync(settings, statSync(settings).mode & 0o770);
  appendFileSync(settings, newLine + lines.join(''), { mode: 0o600 });
  console.log(`${settings}: ${missing.join(', ')} written`);
}
