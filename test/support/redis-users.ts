import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '../../deploy/redis/users.acl');

/** The documented users of Redis, with passwords for a test. */
export const redisUsers = {
  api: { name: 'ravi-api', password: 'the api#1' },
  issuer: { name: 'ravi-issuer', password: 'the issuer/2' },
};

/** Their rules, each as the words of an `ACL SETUSER`, as deploy/redis/users.acl gives them. */
export function documentedRules(user: keyof typeof redisUsers): readonly string[] {
  const { name, password } = redisUsers[user];
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`user ${name} `));
  if (line === undefined) throw new Error(`${file} has no user ${name}.`);
  const hash = createHash('sha256').update(password).digest('hex');
  return line
    .replace(/\{\w+_PASSWORD_SHA256\}/, hash)
    .trim()
    .split(' ')
    .slice(2);
}

export function urlFor(user: keyof typeof redisUsers, redisUrl: string): string {
  const url = new URL(redisUrl);
  url.username = redisUsers[user].name;
  url.password = encodeURIComponent(redisUsers[user].password);
  return url.href;
}
