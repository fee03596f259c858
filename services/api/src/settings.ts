import {
  choiceVariable,
  integerVariable,
  ipAddressVariable,
  listVariable,
  secretTextVariable,
  serviceSettings,
  type SettingList,
  type SettingText,
  switchVariable,
  textVariable,
} from '@ravi/runtime';
import { z } from 'zod';
import { parseNetworks } from './limits/start-admission.ts';
import { brandSettings } from './pages/brand/brand-settings.ts';
import { numberMatchingPolicies } from './login/number-matching-policy.ts';

const domainsVariable = listVariable
  .refine(
    (domains) => domains.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)),
    'must be a domain such as agents.example.com, or several with commas between them',
  )
  .transform(([first = '', ...more]): readonly [string, ...string[]] => [first, ...more]);

const headerNameVariable = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header such as CF-IPCountry')
  .transform((name) => name.toLowerCase());

const networksVariable = listVariable.transform((networks, context) => {
  try {
    return parseNetworks(networks);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not usable' });
    return z.NEVER;
  }
});

/** Every setting of the api. */
export const apiSettings = {
  ...serviceSettings('3001'),
  ...brandSettings,
  BIND_ADDRESS: {
    parser: ipAddressVariable,
    otherwise: 'all addresses',
    help: 'The IP address of this machine on which PORT listens, such as `127.0.0.1` behind a proxy on the same machine.',
  },
  KEEP_ALIVE_SECONDS: {
    parser: integerVariable(1, 3_600),
    default: '75',
    unit: 'seconds',
    help: 'How long an idle connection stays open. Set it above the time for which the proxy in front keeps idle connections, so that the proxy closes them: otherwise a request can meet a connection that is just being closed.',
  },
  SHUTDOWN_DELAY_SECONDS: {
    parser: integerVariable(0, 300),
    default: '0',
    unit: 'seconds',
    help: 'On SIGTERM the api says at once that it is not ready, and serves for this time before it closes its port: longer than the load balancer takes to notice.',
  },
  RECORDS_REPLICAS: {
    parser: integerVariable(0, 10),
    default: '0',
    unit: 'replicas',
    help: 'How many replicas of Redis must have a record before it is handed out or its end is confirmed; with fewer, nothing is handed out and programs ask again. 0: nobody waits for replicas.',
  },
  DEVICE_CODE_TTL_SECONDS: {
    parser: integerVariable(1, 86_400),
    default: '900',
    unit: 'seconds',
    help: 'How long a code lives, and the result of an approval that no program collects.',
  },
  POLL_INTERVAL_SECONDS: {
    parser: integerVariable(1, 60),
    default: '5',
    unit: 'seconds',
    help: 'How often a program that does not wait may poll.',
  },
  LONG_POLL_DEFAULT_SECONDS: {
    parser: integerVariable(1, 900),
    default: '25',
    unit: 'seconds',
    help: 'How long a waiting request is held if it does not say how long. Many clients and proxies give up after 30 or 60 s.',
  },
  LONG_POLL_MAX_SECONDS: {
    parser: integerVariable(1, 900),
    default: '120',
    unit: 'seconds',
    help: 'How long a waiting request is held at most, with `Prefer: wait=N`. Keep it below the time-outs of proxies in front.',
  },
  MAX_HELD_WAITS: {
    parser: integerVariable(0, 1_000_000),
    default: '50000',
    unit: 'requests',
    help: 'Requests that one process holds at most; above it, programs are told to ask again. Each takes an open file: where the limit of open files is too low for it, the api holds fewer, and in production logs a warning.',
  },
  RECHECK_SECONDS: {
    parser: integerVariable(1, 600),
    default: '30',
    unit: 'seconds',
    help: 'How often the state of every held request is read again, in case a wake-up was lost.',
  },
  IDENTITY_EMAIL_DOMAIN: {
    parser: domainsVariable,
    otherwise: 'agents.localhost',
    requiredInProduction:
      'set it to the domain of the addresses that new identities get, such as agents.example.com',
    help: 'The domain of the addresses that new identities get. Further domains, after commas, may be chosen by name.',
  },
  EMBEDDED_ACCOUNTS: {
    parser: switchVariable,
    default: 'on',
    help: 'Whether people may have an account with e-mail and password here. `off`: everybody signs in through a provider.',
  },
  PASSWORD_MIN_LENGTH: {
    parser: integerVariable(8, 64),
    default: '15',
    unit: 'characters',
    help: 'The shortest new password of an account without a second factor. Whatever its length, a common one, one that only repeats itself, and one made of the address or the name of the service are refused.',
  },
  PASSWORD_MIN_LENGTH_WITH_SECOND_FACTOR: {
    parser: integerVariable(8, 64),
    default: '8',
    unit: 'characters',
    help: 'The shortest new password of an account with a second factor, where PASSWORD_MIN_LENGTH is longer.',
  },
  REQUIRE_SECOND_FACTOR: {
    parser: switchVariable,
    default: 'off',
    help: 'Whether nobody approves a login with a password alone: people without an authenticator app or a passkey set one up first. People who sign in through a provider are left to it.',
  },
  REAUTHENTICATE_AFTER_SECONDS: {
    parser: integerVariable(60, 366 * 86_400),
    default: '7200',
    unit: 'seconds',
    help: 'How long people may approve logins after they last proved who they are; then they prove it again. To change how they sign in, they must have proved it within the last 15 minutes.',
  },
  OIDC_PROVIDERS: {
    parser: listVariable,
    otherwise: 'none',
    help: 'OpenID providers that people may sign in with, as ids of lower-case letters and digits: `google,corp`. Each id has its own settings.',
  },
  SESSION_IDLE_SECONDS: {
    parser: integerVariable(60, 366 * 86_400),
    default: '7200',
    unit: 'seconds',
    help: 'How long a browser stays signed in without a request.',
  },
  SESSION_MAX_SECONDS: {
    parser: integerVariable(60, 366 * 86_400),
    default: '43200',
    unit: 'seconds',
    help: 'The longest time that a browser stays signed in, from the sign-in on.',
  },
  TRUSTED_PROXY_HOPS: {
    parser: integerVariable(0, 10),
    default: '0',
    unit: 'proxies',
    help: "The number of reverse proxies in front that append to X-Forwarded-For. 0: the client's address is that of the connection.",
  },
  LOCATION_HEADER: {
    parser: headerNameVariable,
    otherwise: 'none',
    help: "The header in which your proxy says from which country a request comes, such as `CF-IPCountry`: the page on which people decide names the program's country. The proxy must set it on every request, and TRUSTED_PROXY_HOPS must count it.",
  },
  RATE_LIMITS: {
    parser: switchVariable,
    default: 'on',
    help: 'Limits on starts, sign-ins, sign-ups and wrong codes. `off` is for load tests.',
  },
  DEVICE_LOGIN: {
    parser: switchVariable,
    default: 'on',
    help: 'Whether logins may start. `off`: no login starts (503), and the pages say so; logins in progress can still be approved and collected.',
  },
  START_NETWORKS: {
    parser: networksVariable,
    otherwise: 'all',
    help: "The networks from which logins may start: `10.0.0.0/8,2001:db8::/32`. Others get 403. Behind a proxy, set TRUSTED_PROXY_HOPS too; otherwise the proxy's address is checked.",
  },
  MAX_PENDING_LOGINS: {
    parser: integerVariable(1, 100_000_000),
    default: '500000',
    unit: 'logins',
    help: 'The maximum of logins that start within any DEVICE_CODE_TTL_SECONDS, decided ones included, and so of pending ones. It protects the memory of Redis: about 720 bytes each.',
  },
  MAX_PENDING_PER_ADDRESS: {
    parser: integerVariable(1, 100_000_000),
    default: '300',
    unit: 'logins',
    help: 'The same for one address (for IPv6: one /64 network). A /56 has 4 times as many, a /48 and an IPv4 /24 have 16 times, and none has more than half of all.',
  },
  WRONG_CODES_PER_ADDRESS: {
    parser: integerVariable(1, 10_000),
    default: '5',
    unit: 'codes',
    help: 'Wrong user codes from one address in 15 minutes. Raise it if many people share an address, as in an office. An account has 5; the networks around an address have 4 and 16 times as many.',
  },
  WRITES_PER_CREDENTIAL: {
    parser: integerVariable(1, 1_000_000),
    default: '600',
    unit: 'changes',
    help: 'Changes in 15 minutes by one credential or one session: making, changing, deleting and ending keys, identities, programs and sessions, and changing the password. Further ones get 429.',
  },
  WRITES_PER_ACCOUNT: {
    parser: integerVariable(1, 1_000_000),
    default: '3000',
    unit: 'changes',
    help: 'The same for all credentials of an account together, and once more for all its sessions together.',
  },
  WRONG_CODES_ALARM: {
    parser: integerVariable(1, 1_000_000),
    default: '100',
    unit: 'codes',
    help: 'When all instances together see this many wrong user codes in 15 minutes, they log a warning, once in each such period.',
  },
  NUMBER_MATCHING: {
    parser: choiceVariable(numberMatchingPolicies),
    default: 'off',
    help: 'Number matching: the program shows two digits (`verification`), and the approver picks them from three numbers: never, only when the program starts from another network than the approval, or always. Programs that show no number, such as those that know only RFC 8628, cannot log in then.',
  },
  OAUTH_CLIENTS: {
    parser: textVariable,
    otherwise: 'any; in production none',
    help: 'The programs that may use OAuth 2.0 (`/oauth/...`): `any`, or a JSON file (or the JSON itself) that lists them.',
    details: [
      '{"client_id": "...", "client_name": "...", "scopes": ["account", "identity"], "dpop": "required"}',
      'client_name: the name that you vouch for, which people see. With "any", people see the name that the program gives',
      '  itself.',
      'scopes: what the program may request, and gets if it requests none. With "identity" and no "account": never more',
      '  than one identity of the account. Default: both.',
      'dpop: "required" if the program must prove a key. Default: "optional".',
    ],
  },
  SCOPE_DESCRIPTIONS: {
    parser: textVariable,
    otherwise: 'none',
    help: 'What people are told of the scopes that programs ask for: a JSON file (or the JSON itself). A scope without a description is shown as it is.',
    details: [
      '{"notes:read": "Read your notes", "notes:write": {"en": "Change your notes", "de": "Ihre Notizen ändern"}}',
    ],
  },
  RESOURCE_SERVERS: {
    parser: secretTextVariable,
    otherwise: 'none',
    secret: true,
    help: 'Your services that may ask `/oauth/introspect` what a credential allows: a JSON file (or the JSON itself) that lists them.',
    details: [
      '{"id": "...", "secret": "...", "resource": "https://notes.example.com"}; "secret_sha256": "64 hex digits" instead of a secret',
      'resource: the URI by which programs ask for tokens for this service (RFC 8707); it is told of those tokens alone. Without',
      '  it the service is a part of your own API: it is told of API keys and of tokens for that (`ravi-api`), and no others.',
      'A secret has at least 32 bytes in production. Make one with: openssl rand -hex 32 (in hex, since',
      '  HTTP Basic form-encodes all else, and not every library does).',
    ],
  },
} satisfies SettingList;

/** The settings of each provider in `OIDC_PROVIDERS`: `OIDC_<ID>_` and one of these names. `parseProviders` reads them. */
export const providerSettings = {
  ISSUER: {
    otherwise: 'none; it must be set',
    help: 'The issuer URL, https unless it names this machine; discovery adds `/.well-known/openid-configuration`.',
  },
  CLIENT_ID: {
    otherwise: 'none; it must be set',
    help: 'The client id that the provider gave for a confidential client ("web application", authorization code).',
  },
  CLIENT_SECRET: { otherwise: 'none; it must be set', secret: true, help: 'The client secret that it gave.' },
  LABEL: { otherwise: "the issuer's host", help: 'The name on its button.' },
  MARK_FILE: {
    otherwise: 'none',
    help: 'Its mark on its button, before the name: a PNG or SVG file of at most 64 KB. Shown 20 pixels high, and at most 60 wide, on white.',
  },
  TRUST_EMAIL: {
    default: 'off',
    help: 'Treats its e-mail addresses as verified even if it does not say so: for directories that do not send `email_verified`, such as Entra ID with one tenant.',
  },
  TRUST_REAUTHENTICATION: {
    default: 'off',
    help: 'Takes a sign-in there for a new proof of who somebody is even if it does not say when they gave it: for providers whose ID tokens have no `auth_time` though `max_age` asks for it. Whoever sits at a browser that is signed in there may then pass without being asked.',
  },
} satisfies Readonly<Record<string, SettingText>>;
