import { z } from 'zod';
import { lifetimeSettings } from './credential-lifetime-settings.ts';
import type { SettingList } from './settings.ts';
import {
  choiceVariable,
  integerVariable,
  ipAddressVariable,
  listVariable,
  originVariable,
  secretTextVariable,
  secretVariable,
  smtpUrlVariable,
  switchVariable,
  textVariable,
} from './variable-parsers.ts';

/** The settings that services and tools share. */
export const sharedSettings = {
  NODE_ENV: {
    parser: choiceVariable(['production', 'development', 'test']),
    default: 'development',
    help: '`production`: refuse to start without real secrets. `development`: make and keep them in DATA_DIR.',
  },
  REDIS_URL: {
    parser: z.string().regex(/^rediss?:\/\//, 'must be a URL such as redis://127.0.0.1:6379'),
    default: 'redis://127.0.0.1:6379',
    secret: true,
    help: 'Where Redis is: `redis://` or `rediss://` (TLS), with user, password and database if needed: `rediss://user:password@host:6379/0`. Characters such as `/ ? # % @ :` in user and password are percent-encoded.',
  },
  REDIS_CLUSTER_NODES: {
    parser: listVariable,
    otherwise: 'a single Redis',
    help: 'Nodes of a Redis Cluster, in place of a single Redis: `host:port,host:port`. User, password and TLS still come from REDIS_URL.',
  },
  REDIS_SENTINELS: {
    parser: listVariable,
    otherwise: 'a single Redis',
    help: 'The Sentinels that know the master, in place of a single Redis: `host:port,host:port`.',
  },
  REDIS_SENTINEL_NAME: {
    parser: textVariable,
    default: 'mymaster',
    help: "The master's name at the Sentinels.",
  },
  REDIS_SENTINEL_USER: {
    parser: textVariable,
    otherwise: 'none',
    help: 'The user at the Sentinels, which have users of their own.',
  },
  REDIS_SENTINEL_PASSWORD: {
    parser: secretTextVariable,
    otherwise: 'none',
    secret: true,
    help: 'The password at the Sentinels. That of REDIS_URL is never sent to them.',
  },
  REDIS_SENTINEL_TLS: {
    parser: switchVariable,
    otherwise: 'on if REDIS_URL is `rediss://`',
    help: 'Whether the Sentinels are reached by TLS.',
  },
  REDIS_CA_FILE: {
    parser: textVariable,
    otherwise: 'the authorities that Node knows',
    help: 'A file of PEM certificates: the authorities that sign the certificates of Redis and Sentinels, in place of those that Node knows. Read again for each connection that opens.',
  },
  REDIS_CERT_FILE: {
    parser: textVariable,
    otherwise: 'none',
    help: 'The PEM certificate that this process shows to Redis and Sentinels, where they want one. Needs REDIS_KEY_FILE. Read again for each connection that opens.',
  },
  REDIS_KEY_FILE: {
    parser: textVariable,
    otherwise: 'none',
    help: 'The unencrypted PEM key of REDIS_CERT_FILE.',
  },
  SECRET: {
    parser: secretVariable,
    otherwise: 'made in development',
    secret: true,
    requiredInProduction: 'make one for all processes with: openssl rand -base64 48',
    help: 'The secret from which the services derive their keys: at least 32 bytes, the same at every process. Make one with: `openssl rand -base64 48`.',
  },
  SECRET_PREVIOUS: {
    parser: secretVariable,
    otherwise: 'none',
    secret: true,
    help: 'While you rotate SECRET: its previous value. Remove it once DEVICE_CODE_TTL_SECONDS and a minute have passed.',
  },
  SECRET_NEXT: {
    parser: secretVariable,
    otherwise: 'none',
    secret: true,
    help: 'Before you rotate SECRET: its next value, which every process must know before one uses it. `npm run rotate-secret` takes the steps.',
  },
  PUBLIC_URL: {
    parser: originVariable,
    otherwise: 'http://localhost:PORT',
    requiredInProduction: 'set it to the origin that people open, such as https://login.example.com',
    help: 'The origin that people and programs use, with which `verification_uri` and the "iss" of tokens start. In production it must be https, unless it names this machine.',
  },
  LOG_LEVEL: {
    parser: choiceVariable(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']),
    default: 'info',
    help: 'The lowest level of log lines that are written.',
  },
  AUDIT: {
    parser: switchVariable,
    default: 'on',
    help: 'The audit log: what happened to logins, keys and sign-ins, when, by whom and from where, in the Redis stream `ravi:audit`. Read it with: `npm run audit`.',
  },
  AUDIT_MAX_EVENTS: {
    parser: integerVariable(1_000, 100_000_000),
    default: '100000',
    unit: 'events',
    help: 'How many events the audit log keeps, approximately; then the oldest are dropped. 100000 take about 30 MB of Redis; a login adds 6.',
  },
  AUDIT_MAX_PER_ACCOUNT: {
    parser: integerVariable(0, 100_000_000),
    default: '500',
    unit: 'events',
    help: 'How many events of one kind, and for one reason, about one account the audit log takes in a day, or until half of the log was written; more are counted and left out, and one event says so. 0: any number.',
  },
  DATA_DIR: {
    parser: textVariable,
    default: '.ravi',
    help: 'Development only: where the generated secret and signing keys are kept.',
  },
} satisfies SettingList;

/** What is wrong in production with an origin, since passwords and tokens would go there in plain text; null for nothing. */
export function plainTextProblem(production: boolean, publicUrl: string): string | null {
  if (!production || publicUrl.startsWith('https://') || isLoopback(publicUrl)) return null;
  return 'PUBLIC_URL: must start with https:// in production, unless it names this machine';
}

const isLoopback = (origin: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);

const mayDifferNames = ['PUBLIC_URL', 'NUMBER_MATCHING', ...Object.keys(lifetimeSettings)];

/** The settings that both services have. `adminPort` is the default of this service. */
export function serviceSettings<const Port extends string>(adminPort: Port) {
  return {
    ...sharedSettings,
    ...lifetimeSettings,
    PORT: {
      parser: integerVariable(0, 65_535),
      default: '3000',
      help: 'The public port of the api. 0: the system chooses, the log and READY_FILE name it, and PUBLIC_URL is required. The issuer uses it only for the default of PUBLIC_URL.',
    },
    ADMIN_PORT: {
      parser: integerVariable(0, 65_535),
      default: adminPort,
      help: 'The port of `/livez`, `/readyz` and `/metrics`, apart from the public one. 0: the system chooses.',
    },
    ADMIN_BIND_ADDRESS: {
      parser: ipAddressVariable,
      otherwise: 'all addresses',
      help: 'The IP address of this machine on which ADMIN_PORT listens, such as `127.0.0.1`.',
    },
    ISSUANCE_QUEUES: {
      parser: integerVariable(1, 64),
      default: '1',
      unit: 'queues',
      help: 'Over how many queues approved logins are spread. On a Cluster, the number of its shards or twice that: then each carries as much. Issuers work on the queues of all processes, so that it can be changed one process at a time, issuers first.',
    },
    SETTINGS_MAY_DIFFER: {
      parser: listVariable.refine(
        (names) => names.every((name) => mayDifferNames.includes(name)),
        `may name ${mayDifferNames.slice(0, -1).join(', ')} and ${mayDifferNames.at(-1)}`,
      ),
      otherwise: 'none',
      help: 'While you change such a setting one process at a time: its name. All processes must agree on PUBLIC_URL, NUMBER_MATCHING and the lifetimes of credentials; one that starts with another value does not serve until the others have gone.',
    },
    READY_FILE: {
      parser: textVariable,
      otherwise: 'none',
      help: 'Once the process is ready it writes this file: `{"pid": 12, "port": 3000, "adminPort": 3001}`. Each process needs its own; it is removed when the process ends, unless it is killed.',
    },
    BRAND_NAME: {
      parser: z
        .string()
        .regex(/^(?! )[^\p{C}\p{Zl}\p{Zp}<>]{1,40}$/u, 'must be a name of 1 to 40 characters on one line'),
      default: 'Ravi',
      help: 'The name of your service, on every page and in every mail. Passwords made of it are refused.',
    },
    IMPRINT_URL: {
      parser: z.url({ protocol: /^https?$/, error: 'must be a URL such as https://example.com/imprint' }),
      otherwise: 'none',
      help: 'Who runs the service, linked at the foot of every page and named at the end of every mail.',
    },
    SUPPORT_URL: {
      parser: z.url({
        protocol: /^(https?|mailto)$/,
        error: 'must be a URL such as https://example.com/help or mailto:help@example.com',
      }),
      otherwise: 'none',
      help: 'Where people find help: linked at the foot of every page and named at the end of every mail.',
    },
    TEXTS_FILE: {
      parser: textVariable,
      otherwise: 'none',
      help: 'A JSON file with texts of pages and mails in place of ours, or with a language of yours: see docs/pages.md. Checked at the start: the pages by every api, the mails by every issuer.',
    },
    SMTP_URL: {
      parser: smtpUrlVariable,
      otherwise: 'none',
      secret: true,
      help: 'The server by which the issuers send e-mail to people: links to confirm an address and to set a new password, notices of approvals and sign-ins, and of logins that end because nobody used them: `smtps://user:password@mail.example.com`, or `smtp://` (STARTTLS where the server offers it). The api only looks whether it is set; without it, the pages tell people to ask you for a link.',
    },
    OTEL_EXPORTER_OTLP_ENDPOINT: {
      parser: z.url({ protocol: /^https?$/, error: 'must be a URL such as http://collector:4318' }),
      otherwise: 'none: no traces',
      help: 'The OpenTelemetry collector that gets the traces of logins, by OTLP over HTTP: `http://collector:4318`. Set it at every api and issuer.',
    },
    OTEL_TRACES_SAMPLER_ARG: {
      parser: z
        .string()
        .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'must be a number from 0 to 1')
        .transform(Number)
        .describe('0 to 1'),
      default: '1',
      help: 'The share of logins that are traced, each in all its steps. The same value at every api and issuer.',
    },
    SHUTDOWN_SECONDS: {
      parser: integerVariable(1, 600),
      default: '20',
      unit: 'seconds',
      help: 'The maximum time for each step of a stop on SIGTERM, such as finishing the requests in flight.',
    },
  } satisfies SettingList;
}
