import { globSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { root } from '../setup/root.mjs';

/** Files that are broken together, and the tests that should notice. */
export interface Area {
  readonly name: string;
  readonly files: readonly string[];
  /** Of these, the ones that run a broken place are run for it. */
  readonly tests: readonly string[];
}

const integration = (...names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);
const e2e = (...names: readonly string[]) => names.map((name) => `test/e2e/${name}.test.ts`);
const attack = (...names: readonly string[]) => names.map((name) => `test/attack/${name}.test.ts`);
const fault = (...names: readonly string[]) => names.map((name) => `test/fault/${name}.test.ts`);
const [replicas = ''] = fault('replicas');
/** Compares numbers with what the documents promise. */
const documented = 'test/architecture/documented-numbers.test.ts';
const againstPages = [
  ...attack('headers', 'injection', 'lured', 'redirect'),
  ...attack('session', 'someone-elses', 'strangers', 'worn-down'),
];

/** What is broken, and its own tests. */
export const areas: readonly Area[] = [
  {
    name: 'device logins',
    files: ['packages/device-login/src/**'],
    tests: [
      'packages/device-login/src/**',
      ...integration('transitions', 'waiting-and-polling', 'races', 'strangers-scripts', 'strangers-stores'),
      ...integration('account-deletion', 'leases', 'past-decisions', 'rare-moments', 'what-a-login-keeps'),
      ...e2e('audience', 'dpop', 'following', 'lifetimes', 'login', 'what-was-chosen', 'withdrawn-approvals'),
    ],
  },
  {
    name: 'accounts',
    files: ['packages/accounts/src/**'],
    tests: [
      'packages/accounts/src/**',
      ...integration('account-deletion', 'account-directory', 'account-ids', 'account-store'),
      ...integration('allowed-domains'),
      ...integration('browser-sessions', 'crossing-moves'),
      ...integration('email-moves', 'factors', 'half-written-accounts'),
      ...integration('deletion-signs', 'factors-by-operator'),
      ...integration(
        'identity-addresses',
        'known-browsers',
        'password-in-a-move',
        'password-resets',
        'provider-links',
      ),
      ...integration(
        'provider-sign-in',
        'reset-links',
        'sign-in-undos',
        'sign-up-twins',
        'strangers-scripts',
        'strangers-stores',
        'takeover-in-a-move',
        'takeovers',
        'told-once',
      ),
      ...e2e(
        'account',
        'lifetimes',
        'own-deletion',
        'password',
        'provider-links',
        'recovery',
        'second-factor',
      ),
      ...e2e('factors-sent-twice', 'passkeys', 'provider-sign-in', 'sent-twice', 'sessions'),
      ...attack('full-redis', 'session'),
      documented,
      replicas,
    ],
  },
  {
    name: 'credentials',
    files: ['packages/credentials/src/**'],
    tests: [
      'packages/credentials/src/**',
      ...integration('account-deletion', 'account-lists', 'dpop-proofs', 'ends', 'living-credentials'),
      ...integration(
        'mint-requests',
        'recognised-tokens',
        'refresh-family',
        'signing-keys',
        'stored-refreshes',
      ),
      ...integration('strangers-scripts', 'unconfirmed-ends'),
      ...integration('strangers-stores', 'unused-logins'),
      ...e2e('credentials', 'dpop', 'lifetimes', 'oauth'),
      ...attack('ends', 'strangers'),
      documented,
      replicas,
    ],
  },
  {
    name: 'audit',
    files: ['packages/audit/src/**'],
    tests: [
      'packages/audit/src/**',
      ...integration('audit-log', 'audit-shares'),
      ...e2e('audit', 'lifetimes'),
    ],
  },
  {
    name: 'sealing',
    files: ['packages/sealing/src/**'],
    tests: ['packages/sealing/src/**', ...e2e('login', 'sealed')],
  },
  {
    name: 'wake-ups',
    files: ['packages/wakeups/src/**'],
    tests: ['packages/wakeups/src/**', ...e2e('following', 'instant', 'login')],
  },
  {
    name: 'redis',
    files: ['packages/redis/src/**'],
    tests: [
      'packages/redis/src/**',
      'services/*/src/config.test.ts',
      ...integration(
        'batched-scripts',
        'cluster-slots',
        'dead-reads',
        'joining',
        'late-replies',
        'membership',
      ),
      ...integration('record-writes', 'redis-start', 'worker-cluster'),
      ...e2e('cluster', 'lifetimes', 'one-connection', 'switches'),
      ...fault('outages', 'redis-away', 'redis-tls', 'redis-users'),
      replicas,
    ],
  },
  {
    name: 'runtime',
    files: ['packages/runtime/src/**'],
    tests: [
      'packages/{device-login,runtime,sealing}/src/**',
      'services/*/src/config.test.ts',
      'services/*/src/**/texts/**',
      ...integration('data-folder', 'joining'),
      ...e2e('alerts', 'brand', 'mail', 'production-installation', 'switches'),
      ...fault('logs', 'secret-rotation', 'stopping'),
      'test/pages/**',
    ],
  },
  {
    name: 'telemetry',
    files: ['packages/telemetry/src/**'],
    tests: [
      'packages/telemetry/src/**',
      ...integration('late-replies', 'redis-start'),
      ...e2e('login', 'told-to-operators', 'tracing'),
      ...fault('logs', 'outages', 'wrong-clock'),
    ],
  },
  {
    name: 'client',
    files: ['packages/client/src/**'],
    tests: ['packages/client/src/**', ...e2e('client/login', 'client/sharing', 'qr'), ...fault('client')],
  },
  {
    name: 'verify',
    files: ['packages/verify/src/**'],
    tests: [
      'packages/verify/src/**',
      'packages/credentials/src/tokens/**',
      ...integration('dpop-proofs', 'verify-koa'),
      ...e2e('dpop', 'resource-server'),
    ],
  },
  {
    name: 'limits',
    files: ['services/api/src/limits/**'],
    tests: [
      'services/api/src/limits/**',
      ...integration('event-limit', 'limits', 'start-admission', 'wrong-guesses'),
      ...e2e('lifetimes', 'limits'),
      ...attack('worn-down'),
      documented,
    ],
  },
  {
    name: 'access',
    files: ['services/api/src/access/**'],
    tests: [
      'services/api/src/access/**',
      ...integration('account-deletion', 'account-lists', 'ends', 'living-credentials'),
      ...integration(
        'recognised-tokens',
        'refresh-family',
        'stored-refreshes',
        'strangers-stores',
        'unconfirmed-ends',
      ),
      ...e2e('account', 'credentials', 'introspection', 'oauth'),
      ...attack('ends', 'strangers'),
      replicas,
    ],
  },
  {
    name: 'login',
    files: ['services/api/src/login/*.ts'],
    tests: [
      'services/api/src/login/**',
      ...integration('every-moment', 'rare-moments'),
      ...e2e(
        'approval-terms',
        'dpop',
        'expiry',
        'following',
        'login',
        'number-matching',
        'oauth',
        'sent-twice',
      ),
      ...e2e(
        'instant',
        'sealed',
        'shown-program',
        'told-to-operators',
        'what-was-chosen',
        'withdrawn-approvals',
      ),
      ...attack('oauth', 'someone-elses', 'strangers'),
      replicas,
    ],
  },
  {
    name: 'tokens',
    files: ['services/api/src/tokens/**'],
    tests: [
      'services/api/src/tokens/**',
      ...e2e('audience', 'client-scopes', 'credentials', 'dpop', 'introspection', 'oauth', 'resource-server'),
      ...attack('audience', 'oauth', 'replay', 'strangers'),
      replicas,
    ],
  },
  {
    name: 'issuer',
    files: ['services/issuer/src/{issue-login,serve-mint-request,issuance-worker}.ts'],
    tests: [
      'services/issuer/src/*.test.ts',
      ...integration('issuance-jobs', 'served-queues'),
      ...e2e('account', 'approval-terms', 'audience', 'client-scopes', 'credentials', 'dpop', 'lifetimes'),
      ...e2e('login', 'mail', 'oauth', 'sealed', 'told-to-operators', 'what-was-chosen'),
    ],
  },
  {
    name: 'people',
    files: ['services/api/src/people/*.ts'],
    tests: [
      'services/api/src/people/**',
      ...integration(
        'mailer',
        'email-moves',
        'factors',
        'half-written-accounts',
        'known-browsers',
        'passkey-challenges',
        'password-in-a-move',
        'provider-id-tokens',
      ),
      ...integration('password-resets', 'provider-links', 'provider-sign-in', 'sign-in-undos', 'takeovers'),
      ...integration('told-once'),
      ...e2e('bad-input', 'own-deletion', 'passkeys', 'password', 'password-rules'),
      ...e2e('provider-links', 'provider-sign-in'),
      ...e2e(
        'factors-sent-twice',
        'recovery',
        'second-factor',
        'sent-twice',
        'sessions',
        'told-to-operators',
      ),
      ...attack('session', 'someone-elses', 'strangers'),
      replicas,
    ],
  },
  {
    name: 'pages of people',
    files: ['services/api/src/people/pages/**'],
    tests: [
      'services/api/src/people/pages/**',
      'test/pages/**',
      ...e2e(
        'account',
        'bad-input',
        'embedded-accounts-off',
        'factors-sent-twice',
        'known-browser',
        'lifetimes',
        'limits',
        'mail',
      ),
      ...e2e('own-deletion', 'pages', 'passkeys', 'password', 'password-rules', 'provider-links'),
      ...e2e(
        'provider-sign-in',
        'recovery',
        'second-factor',
        'security-page',
        'sent-twice',
        'sessions',
        'told-to-operators',
      ),
      ...againstPages,
      replicas,
    ],
  },
  {
    name: 'pages of logins',
    files: ['services/api/src/login/pages/**'],
    tests: [
      'services/api/src/login/pages/**',
      'test/pages/**',
      ...e2e(
        'approval-terms',
        'audience',
        'bad-input',
        'client-scopes',
        'description',
        'expiry',
        'following',
      ),
      ...e2e('lifetimes', 'limits', 'login', 'number-matching', 'pages', 'qr', 'second-factor', 'sent-twice'),
      ...e2e('shown-program', 'switches', 'what-was-chosen', 'withdrawn-approvals'),
      ...againstPages,
    ],
  },
  {
    name: 'account',
    files: ['services/api/src/account/*.ts'],
    tests: [
      'services/api/src/account/**',
      ...integration('account-deletion', 'account-lists', 'deletion-signs', 'deletions-taken-back'),
      ...integration('identity-addresses', 'living-credentials', 'unconfirmed-ends'),
      ...e2e(
        'account',
        'audit',
        'bad-input',
        'credentials',
        'own-deletion',
        'programs-page',
        'told-to-operators',
      ),
      ...attack('ends', 'injection', 'someone-elses', 'strangers'),
      replicas,
    ],
  },
  {
    name: 'pages of account',
    files: ['services/api/src/account/pages/**'],
    tests: [
      'services/api/src/account/pages/**',
      'test/pages/**',
      ...e2e('account', 'audit', 'own-deletion', 'pages', 'programs-page', 'security-page', 'sent-twice'),
      ...againstPages,
      replicas,
    ],
  },
  {
    name: 'pages',
    files: ['services/api/src/pages/**'],
    tests: [
      'services/api/src/pages/**',
      'test/pages/**',
      ...e2e(
        'bad-input',
        'brand',
        'following',
        'known-browser',
        'login',
        'pages',
        'passkeys',
        'password',
        'qr',
      ),
      ...e2e('sent-twice', 'sessions', 'shown-program'),
      ...againstPages,
    ],
  },
  {
    name: 'http',
    files: ['services/api/src/http/**'],
    tests: [
      'services/api/src/app.test.ts',
      'services/api/src/http/**',
      'services/api/src/login/**',
      ...integration('every-moment', 'waiting-and-polling'),
      ...e2e('bad-input', 'description', 'limits', 'listening', 'login', 'oauth', 'quick-calls', 'switches'),
      ...e2e('told-to-operators', 'tracing'),
      ...attack('headers', 'injection', 'oauth', 'session', 'worn-down'),
      ...fault('disconnects'),
    ],
  },
  {
    name: 'issuance',
    files: ['services/api/src/issuance/**'],
    tests: [
      'services/api/src/issuance/**',
      ...integration('issuance-jobs', 'issuance-queue', 'mailer', 'mint-requests', 'served-queues'),
      ...e2e('credentials', 'instant', 'login', 'mail', 'oauth', 'told-to-operators', 'webhook'),
      replicas,
    ],
  },
];

/** The area of a file; undefined for one that is not broken: index files, names of keys, and what no area names. */
export function areaOf(file: string): Area | undefined {
  if (/\.test\.ts$|\/index\.ts$|\/keyspace\.ts$|\/testing\//.test(file)) return undefined;
  return areas.find(({ files }) => files.some((pattern) => matchesGlob(file, pattern)));
}

const allTests = globSync('{packages,services,test}/**/*.test.ts', {
  cwd: root,
  exclude: ['**/node_modules'],
});

/** The files of an area's tests. */
export function testFilesOf(area: Area | undefined): readonly string[] {
  return allTests.filter((test) => area?.tests.some((pattern) => matchesGlob(test, pattern)));
}
