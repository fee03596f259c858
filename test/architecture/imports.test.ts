import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = join(import.meta.dirname, '../..');

const everyPackage = [
  'contract',
  'runtime',
  'redis',
  'telemetry',
  'sealing',
  'device-login',
  'wakeups',
  'credentials',
  'accounts',
  'audit',
];

/** Which of our packages each layer may import. One way only; the ones in the middle do not know each other. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/contract': [],
  // For other people's services: it knows our interface from outside, as they do.
  'packages/verify': [],
  'packages/runtime': [],
  'packages/redis': [],
  'packages/telemetry': ['runtime'],
  'packages/sealing': ['runtime'],
  'packages/device-login': ['runtime', 'redis'],
  'packages/wakeups': ['runtime', 'redis'],
  'packages/credentials': ['runtime', 'redis'],
  'packages/accounts': ['runtime', 'redis'],
  'packages/audit': ['runtime', 'redis', 'telemetry'],
  'services/api': everyPackage,
  'services/issuer': everyPackage,
};

/**
 * The rooms of the api, and which of them each may import: downward only, so that no two know each other. `app.ts` and `main.ts`
 * know all of them, `config.ts` what parses their settings.
 */
const roomMayImport: Readonly<Record<string, readonly string[]>> = {
  http: [],
  pages: ['http'],
  access: ['http'],
  limits: ['http'],
  issuance: ['http'],
  tokens: ['http', 'access', 'limits', 'issuance'],
  people: ['http', 'pages', 'access', 'limits', 'issuance'],
  account: ['http', 'pages', 'access', 'limits', 'issuance', 'tokens', 'people'],
  login: ['http', 'pages', 'access', 'limits', 'issuance', 'tokens', 'people'],
};
const rooms = Object.keys(roomMayImport);

/** Libraries that may be known in these places alone. */
const confined: readonly (readonly [RegExp, RegExp])[] = [
  [/^(koa|@koa\/router|koa-body|ghtml)$/, /^(services\/api\/|packages\/verify\/src\/koa\/)/],
  [
    /^bullmq$/,
    /^services\/(api\/src\/issuance\/queue|issuer\/src\/(worker|deliveries\/delivery-queue))\.ts$/,
  ],
  [/^jsonwebtoken$/, /^packages\/(credentials|verify)\//],
  [/^@ravi\/credentials\/signing$/, /^services\/issuer\//],
  [/^argon2$/, /^packages\/accounts\/src\/passwords\.ts$/],
  [/^openid-client$/, /^services\/api\/src\/people\//],
  [/^pino$/, /^packages\/telemetry\//],
];

/** What is wrong with the imports of a file; empty when nothing is. */
function violations(file: string, source: string): string[] {
  const layer = file.split('/').slice(0, 2).join('/');
  const imported = [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier]) => specifier ?? '',
  );
  const problems = imported.flatMap((specifier) => {
    const [scope, name = ''] = specifier.split('/');
    if (scope === '@ravi' && !mayImport[layer]?.includes(name)) return [`${file} imports ${specifier}`];
    if (specifier.startsWith('../../../')) return [`${file} reaches out of its package: ${specifier}`];
    return confined
      .filter(([library, places]) => library.test(specifier) && !places.test(file))
      .map(() => `${file} imports ${specifier}`);
  });
  problems.push(...roomViolations(file, imported));
  const readsEnvironment = /process\.env/.test(source) && !/\/(config|main)\.ts$/.test(file);
  return readsEnvironment ? [...problems, `${file} reads process.env`] : problems;
}

/** Imports that lead up or across between the rooms of the api. */
function roomViolations(file: string, imported: readonly string[]): string[] {
  const [, path] = /^services\/api\/src\/(.+)$/.exec(file) ?? [];
  if (path === undefined || !path.includes('/')) return [];
  const [room = ''] = path.split('/');
  if (!rooms.includes(room)) return [`${file} is in a folder that is no room`];
  return imported
    .filter((specifier) => specifier.startsWith('.'))
    .flatMap((specifier) => {
      const [target = '', ...rest] = posix.join(posix.dirname(path), specifier).split('/');
      const isAllowed = target === room || (rest.length > 0 && roomMayImport[room]?.includes(target));
      return isAllowed ? [] : [`${file} imports ${specifier}`];
    });
}

const files = globSync('{packages,services}/*/src/**/*.ts', { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts'),
);

/** @shows api broken into */
test('imports run one way, and libraries stay where they belong', () => {
  expect(files.length).toBeGreaterThan(60);
  expect(files.flatMap((file) => violations(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test.each([
  ['packages/device-login/src/x.ts', "import Koa from 'koa';"],
  ['packages/device-login/src/x.ts', "import { x } from '@ravi/accounts';"],
  ['services/api/src/x.ts', "import { signTokenPair } from '@ravi/credentials/signing';"],
  ['services/api/src/x.ts', "import { Queue } from 'bullmq';"],
  ['services/api/src/x.ts', "export * from '../../../issuer/src/issue.ts';"],
  ['packages/verify/src/x.ts', "import { x } from '@ravi/credentials';"],
  ['packages/verify/src/x.ts', "import Koa from 'koa';"],
  ['packages/runtime/src/x.ts', 'const port = process.env.PORT;'],
  ['services/api/src/http/x.ts', "import { x } from '../pages/x.ts';"],
  ['services/api/src/pages/x.ts', "import { x } from '../login/pages/x.ts';"],
  ['services/api/src/access/x.ts', "import { x } from '../tokens/x.ts';"],
  ['services/api/src/limits/x.ts', "import { x } from '../issuance/queue.ts';"],
  ['services/api/src/issuance/x.ts', "import { x } from '../access/x.ts';"],
  ['services/api/src/tokens/x.ts', "import { x } from '../people/x.ts';"],
  ['services/api/src/people/pages/x.ts', "import { x } from '../../account/x.ts';"],
  ['services/api/src/account/x.ts', "import { x } from '../login/x.ts';"],
  ['services/api/src/login/x.ts', "import { x } from '../account/x.ts';"],
  ['services/api/src/login/x.ts', "import { x } from '../app.ts';"],
  ['services/api/src/helpers/x.ts', 'export const x = 1;'],
])('a forbidden import is seen: %s %s', (file, source) => {
  expect(violations(file, source)).toHaveLength(1);
});

test('every script in Lua says what it does: purpose, keys, arguments, result, invariant', () => {
  for (const file of globSync('packages/*/src/**/*.lua', { cwd: root })) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const part of ['Purpose', 'KEYS', 'ARGV', 'Returns', 'Invariant']) {
      expect([file, source]).toEqual([file, expect.stringContaining(`-- ${part}`)]);
    }
    expect(source.split('\n').length).toBeLessThan(80);
  }
});
