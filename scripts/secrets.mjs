/**
 * Creates the secrets for docker-compose.yml that do not exist yet:
 *
 *     .env                             SECRET, for the services; SIGNING_KEY_DIR
 *     secrets/signing-keys/first.pem   the issuer's signing key (EC P-256, PKCS#8)
 *
 * Both are git-ignored; neither is ever printed or replaced. Plain JavaScript, so that it runs on a machine that has
 * only Node and Docker.
 *
 *     npm run secrets            into the repository's root
 *     npm run secrets -- FOLDER  elsewhere
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
if (/^SECRET=./m.test(present)) {
  console.log(`${settings}: has a SECRET already, left as it is`);
} else {
  const newLine = present === '' || present.endsWith('\n') ? '' : '\n';
  const secret = randomBytes(48).toString('base64url');
  appendFileSync(settings, `${newLine}SECRET=${secret}\nSIGNING_KEY_DIR=./secrets/signing-keys\n`, {
    mode: 0o600,
  });
  console.log(`${settings}: SECRET written`);
}
