import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { findCircles, readImports } from '../../scripts/rooms/imports.ts';

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
  // For other people's services and programs: they know our interface from outside, as those do.
  'packages/verify': [],
  'packages/client': [],
  'packages/runtime': [],
  'packages/redis': ['runtime'],
  'packages/telemetry': ['runtime'],
  'packages/sealing': ['runtime'],
  'packages/device-login': ['runtime', 'redis'],
  'packages/wakeups': ['runtime', 'redis'],
  'packages/credentials': ['runtime', 'redis', 'verify'],
  'packages/accounts': ['runtime', 'redis'],
  'packages/audit': ['runtime', 'redis', 'telemetry'],
  'services/api': everyPackage,
  'services/issuer': everyPackage,
  'tools/accounts': [
    'contract',
    'runtime',
    'redis',
    'sealing',
    'device-login',
    'credentials',
    'accounts',
    'audit',
  ],
  'tools/audit': ['runtime', 'redis', 'audit'],
  // It manages the keys where an issuer looks for them.
  'tools/keys': ['runtime', 'redis', 'credentials', 'issuer'],
  // It is a program like other people's.
  'tools/cli': ['client'],
  // It drives a deployment from outside, as programs do.
  'tools/load': ['runtime'],
  // Its floors are made of what our services are made of.
  'tools/bench': [
    'contract',
    'runtime',
    'redis',
    'device-login',
    'credentials',
    'accounts',
    'audit',
    'sealing',
    'telemetry',
    'wakeups',
  ],
};

/**
 * The rooms of the api, and which of them each may import: downward only, so that no two know each other. `app.ts` and
 * `features.ts` know all of them, `config.ts` what parses their settings.
 */
const roomMayImport: Readonly<Record<string, readonly string[]>> = {
  http: [],
  pages: ['http'],
  access: ['http'],
  limits: ['http'],
  issuance: ['http'],
  tokens: ['http', 'access', 'limits', 'issuance'],
  people: ['http', 'pages', 'access', 'limits', 'issuance'],
  description: ['http'],
  account: ['http', 'pages', 'access', 'limits', 'issuance', 'tokens', 'people'],
  login: ['http', 'pages', 'access', 'limits', 'issuance', 'tokens', 'people'],
};
const rooms = Object.keys(roomMayImport);

/** Folders from which a layer takes files directly; any other is a package or closed to it. */
const mayReach: Readonly<Record<string, readonly string[]>> = {
  'tools/load': ['test/support'],
  'tools/bench': ['tools/load', 'test/support'],
};

/** They pass their environment on to the processes that they start. */
const mayReadEnvironment = /^tools\/(load|bench)\/|\/(config|main)\.ts$/;

/** Libraries that may be known in these places alone. */
const confined: readonly (readonly [RegExp, RegExp])[] = [
  // What the benchmark compares with is made of the same libraries.
  [
    /^(koa|@koa\/router|koa-body|ghtml)$/,
    /^(services\/api\/|packages\/verify\/src\/koa\/|tools\/bench\/floors\/)/,
  ],
  [
    /^bullmq$/,
    /^(services\/(api\/src\/issuance\/(queue|mail-queue)|issuer\/src\/(job-worker|issuance-worker|deliveries\/delivery-queue))\.ts|tools\/(accounts\/tell-person\.ts|bench\/.*))$/,
  ],
  [/^jsonwebtoken$/, /^packages\/(credentials|verify)\//],
  [/^@ravi\/credentials\/signing$/, /^(services\/issuer|tools\/keys|tools\/bench\/floors)\//],
  [/^argon2$/, /^packages\/accounts\/src\/passwords\.ts$/],
  [/^openid-client$/, /^services\/api\/src\/people\//],
  [/^(pino|@opentelemetry\/.*)$/, /^packages\/telemetry\//],
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
    if (specifier.startsWith('.')) {
      const reached = posix.join(posix.dirname(file), specifier);
      const open = [layer, ...(mayReach[layer] ?? [])].some((folder) => reached.startsWith(`${folder}/`));
      return open ? [] : [`${file} reaches out of its place: ${specifier}`];
    }
    return confined
      .filter(([library, places]) => library.test(specifier) && !places.test(file))
      .map(() => `${file} imports ${specifier}`);
  });
  problems.push(...roomViolations(file, imported));
  const readsEnvironment = /process\.env/.test(source) && !mayReadEnvironment.test(file);
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

const files = globSync(['{packages,services}/*/src/**/*.ts', 'tools/*/**/*.ts'], { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts'),
);

/** @shows api broken into */
test('imports run one way, and libraries stay where they belong', () => {
  expect(files.length).toBeGreaterThan(160);
  expect(files.flatMap((file) => violations(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test('no files of a package, service or tool import each other in a circle', () => {
  const folders = globSync(['{packages,services}/*/src', 'tools/*'], { cwd: root });
  expect(folders.length).toBeGreaterThan(12);
  expect(folders.flatMap((folder) => findCircles(readImports(folder)))).toEqual([]);
});

test('a circle is seen, however long', () => {
  const ring = new Map([
    ['a.ts', ['b.ts']],
    ['b.ts', ['c.ts', 'd.ts']],
    ['c.ts', ['a.ts']],
    ['d.ts', []],
  ]);
  expect(findCircles(ring).map((circle) => circle.toSorted())).toEqual([['a.ts', 'b.ts', 'c.ts']]);
});

/** A violation of each rule. */
const planted: readonly (readonly [file: string, source: string])[] = [
  ['packages/contract/src/x.ts', "import { x } from '@ravi/runtime';"],
  ['packages/verify/src/x.ts', "import { x } from '@ravi/credentials';"],
  ['packages/client/src/x.ts', "import { x } from '@ravi/contract';"],
  ['packages/runtime/src/x.ts', "import { x } from '@ravi/redis';"],
  ['packages/redis/src/x.ts', "import { x } from '@ravi/telemetry';"],
  ['packages/telemetry/src/x.ts', "import { x } from '@ravi/redis';"],
  ['packages/sealing/src/x.ts', "import { x } from '@ravi/redis';"],
  ['packages/device-login/src/x.ts', "import { x } from '@ravi/accounts';"],
  ['packages/wakeups/src/x.ts', "import { x } from '@ravi/device-login';"],
  ['packages/credentials/src/x.ts', "import { x } from '@ravi/accounts';"],
  ['packages/accounts/src/x.ts', "import { x } from '@ravi/credentials';"],
  ['packages/audit/src/x.ts', "import { x } from '@ravi/accounts';"],
  ['services/api/src/x.ts', "import { x } from '@ravi/client';"],
  ['services/issuer/src/x.ts', "import { x } from '@ravi/keys-tool';"],
  ['tools/accounts/x.ts', "import { x } from '@ravi/wakeups';"],
  ['tools/audit/x.ts', "import { x } from '@ravi/accounts';"],
  ['tools/keys/x.ts', "import { x } from '@ravi/accounts';"],
  ['tools/cli/src/x.ts', "import { x } from '@ravi/runtime';"],
  ['tools/load/x.ts', "import { x } from '@ravi/device-login';"],
  ['tools/bench/x.ts', "import { x } from '@ravi/verify';"],
  ['services/api/src/http/x.ts', "import { x } from '../pages/x.ts';"],
  ['services/api/src/pages/x.ts', "import { x } from '../login/pages/x.ts';"],
  ['services/api/src/access/x.ts', "import { x } from '../tokens/x.ts';"],
  ['services/api/src/limits/x.ts', "import { x } from '../issuance/queue.ts';"],
  ['services/api/src/issuance/x.ts', "import { x } from '../access/x.ts';"],
  ['services/api/src/description/x.ts', "import { x } from '../pages/x.ts';"],
  ['services/api/src/tokens/x.ts', "import { x } from '../people/x.ts';"],
  ['services/api/src/people/pages/x.ts', "import { x } from '../../account/x.ts';"],
  ['services/api/src/account/x.ts', "import { x } from '../login/x.ts';"],
  ['services/api/src/login/x.ts', "import { x } from '../account/x.ts';"],
  ['services/api/src/login/x.ts', "import { x } from '../app.ts';"],
  ['services/api/src/helpers/x.ts', 'export const x = 1;'],
  ['services/api/src/x.ts', "export * from '../../../issuer/src/issue-login.ts';"],
  ['tools/audit/x.ts', "export * from '../keys/commands.ts';"],
  ['tools/keys/x.ts', "export * from '../../services/issuer/src/config.ts';"],
  ['tools/load/x.ts', "export * from '../bench/main.ts';"],
  ['tools/bench/x.ts', "export * from '../../services/api/src/main.ts';"],
  ['packages/device-login/src/x.ts', "import Koa from 'koa';"],
  ['packages/verify/src/x.ts', "import Koa from 'koa';"],
  ['packages/telemetry/src/x.ts', "import { Router } from '@koa/router';"],
  ['services/issuer/src/x.ts', "import { html } from 'ghtml';"],
  ['services/api/src/x.ts', "import { Queue } from 'bullmq';"],
  ['tools/load/x.ts', "import { Queue } from 'bullmq';"],
  ['services/issuer/src/x.ts', "import { sign } from 'jsonwebtoken';"],
  ['services/api/src/x.ts', "import { signTokenPair } from '@ravi/credentials/signing';"],
  ['tools/bench/x.ts', "import { signTokenPair } from '@ravi/credentials/signing';"],
  ['services/api/src/people/x.ts', "import { hash } from 'argon2';"],
  ['services/api/src/account/x.ts', "import { discovery } from 'openid-client';"],
  ['services/issuer/src/x.ts', "import { pino } from 'pino';"],
  ['services/api/src/x.ts', "import { trace } from '@opentelemetry/api';"],
  ['packages/runtime/src/x.ts', 'const port = process.env.PORT;'],
  ['tools/keys/x.ts', 'const port = process.env.PORT;'],
];

test.each(planted)('a forbidden import is seen: %s %s', (file, source) => {
  expect(violations(file, source)).toHaveLength(1);
});

test('each layer, each room and each confined library has a planted violation', () => {
  const importing = (pattern: RegExp) =>
    planted.flatMap(([file, source]) => (pattern.test(source) ? [file] : []));
  const layers = importing(/'@ravi\/[\w-]+'/).map((file) => file.split('/').slice(0, 2).join('/'));
  expect(new Set(layers)).toEqual(new Set(Object.keys(mayImport)));
  const reaching = new Set(importing(/'\.\./).map((file) => /^services\/api\/src\/(\w+)\//.exec(file)?.[1]));
  expect(rooms.filter((room) => !reaching.has(room))).toEqual([]);
  const specifiers = planted.map(([, source]) => /'([^']+)';$/.exec(source)?.[1] ?? '');
  expect(confined.filter(([library]) => !specifiers.some((name) => library.test(name)))).toEqual([]);
});
