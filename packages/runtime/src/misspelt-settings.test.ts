import { misspeltSettings } from './misspelt-settings.ts';

const names = [
  'NODE_ENV',
  'PORT',
  'ADMIN_PORT',
  'SECRET',
  'PUBLIC_URL',
  'LOG_LEVEL',
  'MAIL_FROM',
  'SMTP_URL',
  'DATA_DIR',
  'REDIS_URL',
  'REDIS_SENTINELS',
  'REDIS_SENTINEL_NAME',
  'REDIS_CLUSTER_NODES',
  'DEVICE_CODE_TTL_SECONDS',
  'SHUTDOWN_SECONDS',
  'OIDC_CORP_ISSUER',
  'OIDC_CORP_LABEL',
];
const check = (...given: readonly string[]) =>
  misspeltSettings(Object.fromEntries(given.map((name) => [name, 'x'])), {
    names,
    ownPrefixes: ['OIDC_CORP_'],
  });

test.each([
  ['DEVICE_CODE_TTL_SECOND', 'DEVICE_CODE_TTL_SECONDS'],
  ['DEVICE_CODE_TTL', 'DEVICE_CODE_TTL_SECONDS'],
  ['DEVICE_CODE_TTL_MS', 'DEVICE_CODE_TTL_SECONDS'],
  ['REDIS_CLUSTER_NODE', 'REDIS_CLUSTER_NODES'],
  ['REDIS_URI', 'REDIS_URL'],
  ['OIDC_CORP_ISSUR', 'OIDC_CORP_ISSUER'],
  ['SECERT', 'SECRET'],
])('%s is refused, and %s is proposed', (name, meant) => {
  expect(check(name)).toEqual([`${name}: is not a setting; did you mean ${meant}?`]);
});

test('a name with a prefix of ours is refused however far it is, with those that there are', () => {
  expect(check('OIDC_CORP_PASSWORD')).toEqual([
    'OIDC_CORP_PASSWORD: is not a setting; those that start with OIDC_CORP_ are OIDC_CORP_ISSUER, OIDC_CORP_LABEL',
  ]);
});

test('all misspelt names are told at once', () => {
  expect(check('SECERT', 'PUBLIC_ULR')).toHaveLength(2);
});

test('variables of other programs, of Docker and of Kubernetes are left alone', () => {
  const others = `
    PATH HOME HOST HOSTNAME USER PWD SHLVL TERM LANG LC_ALL TZ EDITOR MAIL MAILTO MAILFROM LOGNAME LOGLEVEL PORTS PORT0 PORT1 POSTS
    HTTP_PORT HTTPS_PORT HTTP_PROXY HTTP_URL FTP_URL http_proxy no_proxy NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_VERSION YARN_VERSION
    NODE_PATH ADMIN_HOST DATADIR KUBERNETES_PORT KUBERNETES_SERVICE_HOST SECRETS_DIR SMTP_HOST SMTP_USER SMTP_PASSWORD
    REDIS_HOST REDIS_PORT REDIS_PORT_6379_TCP REDIS_PORT_6379_TCP_ADDR REDIS_SERVICE_HOST REDIS_SERVICE_PORT REDIS_MAXMEMORY
    REDIS_SENTINEL_PORT REDIS_SENTINEL_SERVICE_HOST REDIS_SENTINEL_SERVICE_PORT_REDIS REDIS_NAME REDIS_ENV_REDIS_VERSION
    REDIS_PASSWORD REDIS_SERVER_BIN OIDC_CORP_SERVICE_HOST OIDC_CORP_PORT_443_TCP_ADDR OIDC_OTHER_ISSUER DATABASE_URL
    DEVICE_AUTH_URL INVOCATION_ID JOURNAL_STREAM npm_config_audit npm_lifecycle_event INIT_CWD SHUTDOWN CHROMIUM_BIN`;
  expect(check(...others.trim().split(/\s+/))).toEqual([]);
});

test('a misspelt name is refused also beside the right one, as behind a copy of the whole template', () => {
  expect(check('DEVICE_CODE_TTL_SECONDS', 'DEVICE_CODE_TTL_SECOND')).toHaveLength(1);
});

test('REDIS_URI is another program’s where REDIS_URL is set', () => {
  expect(check('REDIS_URI', 'REDIS_URL')).toEqual([]);
});

test('an empty variable with a misspelt name is no problem: it says nothing', () => {
  expect(misspeltSettings({ SECERT: '' }, { names })).toEqual([]);
});
