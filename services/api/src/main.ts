import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { AccountStore, DomainStore, IdentityStore, Passwords, SessionStore } from '@ravi/accounts';
import { AuditLog } from '@ravi/audit';
import {
  ApiKeyStore,
  DpopProofs,
  GrantStore,
  MintStore,
  PublishedKeys,
  TokenVerifier,
} from '@ravi/credentials';
import { LoginStore } from '@ravi/device-login';
import { connectRedis, waitUntilReady } from '@ravi/redis';
import { ConfigError, onStopSignal, shutDown, systemClock } from '@ravi/runtime';
import { createLogger, createMetricsRegistry, startAdminServer, watchConnection } from '@ravi/telemetry';
import { publishWakeup, WakeupSubscriber } from '@ravi/wakeups';
import { Authenticator } from './access/authenticator.ts';
import { Credentials } from './access/credentials.ts';
import { Revocation } from './access/revocation.ts';
import { EmbeddedAccounts } from './people/password-accounts.ts';
import { type AppDeps, createApp } from './app.ts';
import { type ApiConfig, parseConfig } from './config.ts';
import { Decisions } from './login/decisions.ts';
import { DeviceFront } from './http/quick-calls.ts';
import { behindHttpSides } from './http/detachable-connection.ts';
import { openIssuanceQueue } from './issuance/queue.ts';
import { GuessingAlarm } from './limits/guessing-alarm.ts';
import { Limits } from './limits/limits.ts';
import { createApiMetrics } from './metrics.ts';
import { BrowserSessions } from './people/browser-sessions.ts';
import { HostCookies } from './people/host-cookies.ts';
import { OidcProvider } from './people/provider.ts';
import { ProviderSignIn } from './people/provider-sign-in.ts';
import { Minting } from './tokens/minting.ts';
import { OAuthClients } from './tokens/clients.ts';
import { ResourceServers } from './tokens/resource-servers.ts';
import { bindAnswer } from './tokens/token-success.ts';
import { closeServer, listen } from './http/server.ts';
import { HeldWaits } from './login/held-waits.ts';
import { Redeemer } from './login/redeemer.ts';
import { startSweeping } from './login/sweeping.ts';
import { approveLogin, denyLogin } from './login/decide.ts';
import { redeemLogin } from './login/redeem-login.ts';
import { startLogin } from './login/start.ts';
import { Watches } from './login/watches.ts';

/** The api's composition root: wires the parts, starts them, and stops them in order. */
async function main(config: ApiConfig): Promise<void> {
  const instance = randomUUID();
  const logger = createLogger({ service: 'api', instance: instance.slice(0, 8), level: config.logLevel });
  const registry = createMetricsRegistry('api');
  const metrics = createApiMetrics(
    registry,
    () => heldWaits.size,
    () => watches.size,
  );

  const connect = (role: 'commands' | 'subscriber') => {
    const client = connectRedis(config.redis, role, `ravi-api-${instance.slice(0, 8)}-${role}`);
    watchConnection(client, role, logger);
    return client;
  };
  const redis = connect('commands');
  const subscriberConnection = connect('subscriber');
  await waitUntilReady(redis, 30_000);

  const wake = (waiter: string, loginId: string) => publishWakeup(redis, waiter, loginId);
  const logins = new LoginStore(redis);
  const accountStore = new AccountStore(redis);
  const identities = new IdentityStore(redis);
  const queue = openIssuanceQueue(redis);
  const clock = systemClock;
  const { keys, publicUrl } = config;
  const cookies = new HostCookies(publicUrl);
  const oauthClients = new OAuthClients(config.oauthClients);
  const grants = new GrantStore(redis);
  const apiKeys = new ApiKeyStore(redis);
  const publishedKeys = new PublishedKeys(redis);
  const tokens = new TokenVerifier({ issuer: publicUrl, keys: (nowMs) => publishedKeys.list(nowMs) });
  const minting = new Minting({ mints: new MintStore(redis), apiKeys, queue, keys, instance, clock });
  const limits = new Limits({
    redis,
    keys: keys.current,
    enabled: config.rateLimits,
    deviceCodeTtlSeconds: config.deviceCodeTtlSeconds,
    maxPendingLogins: config.maxPendingLogins,
    maxPendingPerAddress: config.maxPendingPerAddress,
    deviceLogin: config.deviceLogin,
    startNetworks: config.startNetworks,
    onStartRefused: (reason) => metrics.startRefused(reason),
    wrongCodesPerAddress: config.wrongCodesPerAddress,
  });
  const alarm = new GuessingAlarm({
    redis,
    clock,
    logger,
    threshold: config.wrongCodesAlarm,
    onWrongCode: () => metrics.wrongCode(),
    onAlarm: () => metrics.guessingAlarm(),
  });
  const audit = new AuditLog({
    redis,
    enabled: config.audit,
    maxEvents: config.auditMaxEvents,
    clock,
    logger,
    registry,
  });
  const revocation = new Revocation({ accounts: accountStore, grants, apiKeys, audit, clock });
  const redeemer = new Redeemer({
    accounts: accountStore,
    revocation,
    logins,
    grants,
    queue,
    instance,
    logger,
    audit,
    wake,
    bind: (issued, keyThumbprint) => bindAnswer(minting, grants, issued, keyThumbprint, clock.nowMs()),
    onRedeemed: (approvedForMs) => metrics.redeemed(approvedForMs),
  });
  const heldWaits: HeldWaits = new HeldWaits({
    redeemer,
    logins,
    instance,
    clock,
    logger,
    wake,
    maxHeld: config.maxHeldWaits,
  });
  const watches: Watches = new Watches({
    logins,
    instance,
    // A page is worth less than a program: it can be told to ask again.
    maxHeld: Math.ceil(config.maxHeldWaits / 10),
    holdMs: Math.min(25, config.longPollMaxSeconds) * 1000,
  });
  const subscriber = new WakeupSubscriber(subscriberConnection, instance);
  const sweeping = startSweeping(heldWaits, config.recheckSeconds, logger);
  const lookAgain = () => {
    sweeping.now();
    watches.onGap();
  };
  await subscriber.listen({
    onWakeup: (id) => {
      heldWaits.onWakeup(id);
      minting.onWakeup(id);
      watches.onWakeup(id);
    },
    onGap: lookAgain,
  });
  // Wakes lost while the command connection was away show only once it is back.
  redis.on('ready', lookAgain);

  const credentials = new Credentials({
    tokens,
    grants,
    apiKeys,
    clock,
    onFirstUse: ({ id: key, userId: user }, address) =>
      audit.note({ event: 'key_used_first', key, user, address }),
  });
  const proofs = new DpopProofs(redis);

  const deps: AppDeps = {
    logins,
    limits,
    keys,
    clock,
    logger,
    audit,
    publicUrl,
    deviceLogin: config.deviceLogin,
    redeemer,
    heldWaits,
    watches,
    accountStore,
    ttlSeconds: config.deviceCodeTtlSeconds,
    intervalSeconds: config.pollIntervalSeconds,
    numberMatching: config.numberMatching,
    longPollMaxSeconds: config.longPollMaxSeconds,
    trustedProxyHops: config.trustedProxyHops,
    identities,
    domains: new DomainStore(redis),
    identityEmailDomains: config.identityEmailDomains,
    publishedKeys,
    grants,
    apiKeys,
    tokens,
    minting,
    credentials,
    revocation,
    proofs,
    authenticator: new Authenticator({ credentials, proofs, clock, publicUrl }),
    oauthClients,
    resourceServers: new ResourceServers(config.resourceServers),
    cookies,
    sessions: new BrowserSessions({ sessions: new SessionStore(redis), cookies, clock, keys, publicUrl }),
    embeddedAccounts: config.embeddedAccounts,
    providerSignIn: new ProviderSignIn({
      providers: config.oidcProviders.map((provider) => new OidcProvider(provider, publicUrl, clock)),
      accountStore,
      limits,
      redis,
      keys,
      clock,
      logger,
      audit,
      identityEmailDomain: config.identityEmailDomains[0],
    }),
    decisions: new Decisions({
      logins,
      accounts: accountStore,
      identities,
      queue,
      limits,
      alarm,
      keys,
      clock,
      logger,
      audit,
      wake,
      identityEmailDomain: config.identityEmailDomains[0],
      numberMatching: config.numberMatching,
      onWrongNumber: () => metrics.wrongNumber(),
    }),
    accounts: new EmbeddedAccounts({
      store: accountStore,
      passwords: new Passwords(),
      limits,
      clock,
      identityEmailDomain: config.identityEmailDomains[0],
      audit,
    }),
    onStarted: () => metrics.started(),
  };
  const app = createApp(deps);
  let stopping = false;
  const front = new DeviceFront({
    ...deps,
    start: startLogin(deps),
    redeem: redeemLogin(deps),
    approve: approveLogin(deps),
    deny: denyLogin(deps),
  });
  const handle = app.callback();
  const server = createServer(
    { connectionsCheckingInterval: 5_000 },
    front.before((request, response) => void handle(request, response)),
  );
  behindHttpSides(server);
  await listen(server, config.port);
  const admin = await startAdminServer(
    config.adminPort,
    {
      alive: () => true,
      unreadyReason: async () => {
        if (stopping) return 'Stopping.';
        return redis.status === 'ready' && subscriberConnection.status === 'ready'
          ? null
          : 'Redis does not answer.';
      },
    },
    registry,
  );
  logger.info({ port: config.port, adminPort: config.adminPort, publicUrl }, 'api is up');

  onStopSignal((signal) => {
    stopping = true;
    logger.info({ signal, held: heldWaits.size }, 'stopping');
    void shutDown(
      [
        { name: 'stop sweeping', run: () => sweeping.stop() },
        { name: 'show the server every request', run: () => front.close() },
        {
          name: 'stop accepting, answer held requests',
          run: () =>
            closeServer(server, () => {
              heldWaits.close();
              watches.close();
            }),
        },
        { name: 'note what was answered', run: () => redeemer.allNoted() },
        { name: 'write the audit log', run: () => audit.close() },
        { name: 'close the queue', run: () => queue.close() },
        { name: 'close the admin port', run: () => void admin.close() },
        {
          name: 'close redis',
          run: () => [redis, subscriberConnection].forEach((client) => client.disconnect()),
        },
      ],
      { stepFailed: (step, error) => logger.error({ step, error }, 'stopping: a step failed') },
      config.shutdownSeconds * 1000,
    ).then(() => {
      logger.info('stopped');
      process.exit(0);
    });
  });
}

try {
  await main(parseConfig(process.env));
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown reason';
  process.stderr.write(`The api cannot start. ${reason}\n`);
  process.exit(error instanceof ConfigError ? 78 : 1);
}
