import { type NamedSetting, settingGroups } from './setting-groups.ts';

/** Values that docker-compose.yml sets instead of passing them on from the environment. */
const ownValues: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  PUBLIC_URL: '${PUBLIC_URL:-http://localhost:8080}',
  SECRET: '${SECRET:?set SECRET to at least 32 random bytes, or let "npm run secrets" write it to .env}',
  IDENTITY_EMAIL_DOMAIN: '${IDENTITY_EMAIL_DOMAIN:-agents.localhost}',
  // The load balancer is one proxy; with one more in front, such as for TLS, the operator sets 2.
  TRUSTED_PROXY_HOPS: '${TRUSTED_PROXY_HOPS:-1}',
  // Longer than deploy/haproxy.cfg takes to notice that an api is not ready.
  SHUTDOWN_DELAY_SECONDS: '${SHUTDOWN_DELAY_SECONDS:-2}',
  OAUTH_CLIENTS: '${OAUTH_CLIENTS:-any}',
  SIGNING_KEY_DIR: '/run/signing-keys',
};

/** Settings that the stack does not pass on. */
const notPassedOn: ReadonlySet<string> = new Set([
  // Each service has a user of its own in Redis, which is a single one.
  'REDIS_URL',
  'REDIS_CLUSTER_NODES',
  'REDIS_SENTINELS',
  'REDIS_SENTINEL_NAME',
  'REDIS_SENTINEL_USER',
  'REDIS_SENTINEL_PASSWORD',
  'REDIS_SENTINEL_TLS',
  // It is reached inside the stack's own network.
  'REDIS_CA_FILE',
  'REDIS_CERT_FILE',
  'REDIS_KEY_FILE',
  // The image has its ports, and its containers their addresses.
  'PORT',
  'BIND_ADDRESS',
  'ADMIN_PORT',
  'ADMIN_BIND_ADDRESS',
  // For development alone.
  'DATA_DIR',
  // Its keys are in a mounted directory.
  'SIGNING_KEY_FILES',
  'SIGNING_KEYS',
  // The names of each provider's settings depend on its id: they go into an override file.
  'OIDC_PROVIDERS',
]);

/** The lines of one `environment:` of docker-compose.yml. */
export function composeEnvironment(group: keyof typeof settingGroups): readonly string[] {
  return settingGroups[group].filter(({ name }) => !notPassedOn.has(name)).map(line);
}

function line({ name }: NamedSetting): string {
  return `${name}: ${ownValues[name] ?? `\${${name}:-}`}`;
}

/** Names in this file that are no settings. */
export function unknownInCompose(): readonly string[] {
  const { both, api, issuer } = settingGroups;
  const known = new Set([...both, ...api, ...issuer].map(({ name }) => name));
  return [...Object.keys(ownValues), ...notPassedOn].filter((name) => !known.has(name));
}
