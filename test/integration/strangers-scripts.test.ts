import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Redis } from 'ioredis';
import { type OwnedScript, ownedScripts, withoutOwner } from '../support/owned-scripts.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const root = join(import.meta.dirname, '../..');
const scripts = globSync('{packages,services}/**/lua/*.lua', { cwd: root, exclude: ['**/node_modules'] });
const sourceOf = (name: string) =>
  readFileSync(join(root, scripts.find((script) => basename(script) === `${name}.lua`) ?? name), 'utf8');

async function put(found: OwnedScript['found']): Promise<string> {
  const key = `test:${randomUUID()}`;
  if (typeof found === 'string') await redis.set(key, found);
  else if (Object.keys(found).length > 0) await redis.hset(key, found);
  return key;
}

/** The fields of a hash; null where there is none. */
async function hashAt(key: string): Promise<Readonly<Record<string, string>> | null> {
  return (await redis.exists(key)) === 1 ? redis.hgetall(key) : null;
}

test('every script stands in the table, with what a stranger says or with the reason why it has none', () => {
  const names = scripts.map((script) => basename(script, '.lua'));
  expect(names.length).toBeGreaterThan(50);
  expect(new Set(names).size).toBe(names.length);
  const known = [...Object.keys(ownedScripts), ...Object.keys(withoutOwner)];
  expect(known.toSorted()).toEqual(names.toSorted());
});

const rows = Object.entries(ownedScripts);

/** @shows somebody else’s */
test.each(rows)('%s does as its owner says, and for a stranger changes nothing', async (name, row) => {
  const source = sourceOf(name);
  const run = (key: string, args: readonly string[]) =>
    redis.eval(source, 1, key, ...args) as Promise<string[]>;
  const own = await put(row.found);
  const [done] = row.owner.length > 0 ? await run(own, row.owner) : ['nothing is anybody’s'];
  expect([row.answer, 'unknown']).not.toContain(done);
  expect(row.leaves === undefined ? undefined : await hashAt(own)).toEqual(row.leaves);
  const refused = [
    ...row.strangers.map((args) => ({ args, found: row.found })),
    ...(row.over ?? []).map((found) => ({ args: row.owner, found })),
  ];
  for (const { args, found } of refused) {
    const key = await put(found);
    const before = [await redis.dump(key), await redis.pttl(key)];
    expect([args, (await run(key, args))[0]]).toEqual([args, row.answer]);
    expect([await redis.dump(key), await redis.pttl(key)]).toEqual(before);
  }
});
