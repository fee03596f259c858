import { matchesGlob } from 'node:path';

/** Files that are broken together, and the tests that should notice. */
export interface Area {
  readonly name: string;
  readonly files: readonly string[];
  /** Tests of modules and of scripts on a real Redis: a second or two. None where only tests of processes see what the files do. */
  readonly quick: readonly string[];
  /** Tests of processes: they run where the quick ones noticed nothing, and not for the sample. */
  readonly slow: readonly string[];
}

const integration = (...names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);
const e2e = (...names: readonly string[]) => names.map((name) => `test/e2e/${name}.test.ts`);
const attack = (...names: readonly string[]) => names.map((name) => `test/attack/${name}.test.ts`);

/** What is broken, and its own tests. */
export const areas: readonly Area[] = [
  {
    name: 'device logins',
    files: ['packages/device-login/src/**'],
    quick: [
      'packages/device-login/src/**',
      ...integration('transitions', 'waiting-and-polling', 'races', 'strangers-scripts', 'rare-moments'),
    ],
    slow: e2e('login', 'expiry', 'lifetimes', 'instant', 'following'),
  },
  {
    name: 'accounts',
    files: ['packages/accounts/src/**'],
    quick: [
      'packages/accounts/src/**',
      ...integration(
        'account-deletion',
        'account-ids',
        'browser-sessions',
        'email-moves',
        'identity-addresses',
      ),
      ...integration(
        'password-resets',
        'sign-up-twins',
        'takeovers',
        'strangers-scripts',
        'provider-sign-in',
      ),
    ],
    slow: [...e2e('lifetimes', 'recovery', 'sessions', 'password', 'account'), ...attack('session')],
  },
  {
    name: 'credentials',
    files: ['packages/credentials/src/**'],
    quick: [
      'packages/credentials/src/**',
      ...integration('refresh-family', 'signing-keys', 'dpop-proofs', 'strangers-scripts', 'unused-logins'),
    ],
    slow: [
      ...integration('ends'),
      ...e2e('lifetimes', 'credentials', 'key-rotation', 'instant', 'dpop'),
      ...attack('ends', 'strangers'),
    ],
  },
  {
    name: 'audit',
    files: ['packages/audit/src/**'],
    quick: integration('audit-log'),
    slow: e2e('audit', 'lifetimes'),
  },
  {
    name: 'sealing',
    files: ['packages/sealing/src/**'],
    quick: ['packages/sealing/src/**'],
    slow: e2e('sealed'),
  },
  {
    name: 'wake-ups',
    files: ['packages/wakeups/src/**'],
    quick: ['packages/wakeups/src/**'],
    slow: e2e('instant', 'following'),
  },
  {
    name: 'redis',
    files: [
      'packages/redis/src/lua/**',
      'packages/redis/src/{membership,record-writes,batching-redis,batched-script}.ts',
    ],
    quick: ['packages/redis/src/**', ...integration('membership', 'record-writes', 'batched-scripts')],
    slow: e2e('lifetimes', 'switches'),
  },
  {
    name: 'verify',
    files: ['packages/verify/src/**'],
    quick: ['packages/verify/src/**', ...integration('dpop-proofs', 'verify-koa')],
    slow: e2e('resource-server'),
  },
  {
    name: 'limits',
    files: ['services/api/src/limits/**'],
    quick: ['services/api/src/limits/**', ...integration('wrong-guesses', 'start-admission')],
    slow: [...e2e('limits', 'lifetimes'), ...attack('worn-down')],
  },
  {
    name: 'access',
    files: ['services/api/src/access/**'],
    quick: [],
    slow: [
      ...integration('ends', 'refresh-family', 'account-deletion'),
      ...e2e('credentials', 'account', 'introspection'),
      ...attack('ends', 'strangers'),
    ],
  },
  {
    name: 'login',
    files: ['services/api/src/login/*.ts'],
    quick: [],
    slow: [
      'services/api/src/login/**',
      ...e2e('login', 'approval-terms', 'following', 'instant', 'number-matching'),
      ...attack('someone-elses'),
    ],
  },
  {
    name: 'tokens',
    files: ['services/api/src/tokens/**'],
    quick: [],
    slow: [...e2e('oauth', 'audience', 'client-scopes', 'introspection', 'dpop'), ...attack('oauth')],
  },
  {
    name: 'people',
    files: ['services/api/src/people/*.ts'],
    quick: [],
    slow: [
      'services/api/src/people/**',
      ...integration('provider-sign-in', 'provider-id-tokens'),
      ...e2e('recovery', 'sessions', 'password', 'provider-sign-in', 'provider-links'),
      ...attack('session'),
    ],
  },
];

/** The area of a file; undefined for one that is not broken: index files, settings and lists of names. */
export function areaOf(file: string): Area | undefined {
  if (/\.test\.ts$|\/index\.ts$|\/keyspace\.ts$|\/testing\//.test(file)) return undefined;
  return areas.find(({ files }) => files.some((pattern) => matchesGlob(file, pattern)));
}
