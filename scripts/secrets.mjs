/**
 * Makes what docker-compose.yml needs and nobody else may know, where it is absent:
 *
 *     .env                       SECRET, for the services
 *     secrets/signing-key.pem    the issuer's signing key (EC P-256, PKCS#8)
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
const signingKey = join(folder, 'secrets/signing-key.pem');

if (existsSync(signingKey)) {
  console.log(`${signingKey}: there already, left as it is`);
} else {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  // The folder is its owner's alone. The key in it is readable, because in the container another user reads it: the
  // file is mounted by itself, so that the folder's mode does not count there.
  mkdirSync(dirname(signingKey), { recursive: true, mode: 0o700 });
  writeFileSync(signingKey, privateKey, { flag: 'wx' });
  chmodSync(signingKey, 0o644);
  console.log(`${signingKey}: written`);
}

const present = existsSync(settings) ? readFileSync(settings, 'utf8') : '';
if (/^SECRET=./m.test(present)) {
  console.log(`${settings}: has a SECRET already, left as it is`);
} else {
  const newLine = present === '' || present.endsWith('\n') ? '' : '\n';
  appendFileSync(settings, `${newLine}SECRET=${randomBytes(48).toString('base64url')}\n`, { mode: 0o600 });
  console.log(`${settings}: SECRET written`);
}
