import { type Env, Secret } from '@ravi/runtime';
import { z } from 'zod';

/** One OpenID provider, as an operator configured it. */
export interface OidcProviderConfig {
  /** Its id in our addresses and in the environment. */
  readonly id: string;
  /** The name on its button. */
  readonly label: string;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Treat every address as verified: for directories that do not send `email_verified`. */
  readonly trustsEmail: boolean;
}

/** The providers, and one sentence for each problem. */
export interface ParsedProviders {
  readonly providers: readonly OidcProviderConfig[];
  readonly problems: readonly string[];
}

const idShape = /^[a-z][a-z0-9]{0,19}$/;
const isHere = (url: URL) => ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);

const issuerVariable = z.string({ error: 'must be set to the issuer URL' }).transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere(url)))) return url;
  context.addIssue({
    code: 'custom',
    message: 'must be the issuer URL, with https:// unless it names this machine',
  });
  return z.NEVER;
});

const settings = z.object({
  ISSUER: issuerVariable,
  CLIENT_ID: z.string({ error: 'must be set to the client id that the provider gave' }),
  CLIENT_SECRET: z
    .string({ error: 'must be set to the client secret that the provider gave' })
    .transform((value) => new Secret(value)),
  LABEL: z.string().max(40, 'must have at most 40 characters').optional(),
  TRUST_EMAIL: z.enum(['on', 'off'], { error: 'must be "on" or "off"' }).default('off'),
});

/**
 * Reads `OIDC_<ID>_ISSUER`, `_CLIENT_ID`, `_CLIENT_SECRET`, `_LABEL` and `_TRUST_EMAIL` for each of the ids that `OIDC_PROVIDERS`
 * lists. An empty variable counts as absent.
 */
export function parseProviders(env: Env, ids: readonly string[]): ParsedProviders {
  const problems: string[] = [];
  const providers: OidcProviderConfig[] = [];
  for (const id of new Set(ids)) {
    if (!idShape.test(id)) {
      problems.push('OIDC_PROVIDERS: must list ids of lower-case letters and digits, such as google,corp');
      continue;
    }
    const prefix = `OIDC_${id.toUpperCase()}_`;
    const given = Object.keys(settings.shape).map((name) => [name, env[prefix + name] || undefined] as const);
    const parsed = settings.safeParse(Object.fromEntries(given));
    if (parsed.success) {
      const { ISSUER, CLIENT_ID, CLIENT_SECRET, LABEL, TRUST_EMAIL } = parsed.data;
      providers.push({
        id,
        label: LABEL ?? ISSUER.hostname,
        issuer: ISSUER,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        trustsEmail: TRUST_EMAIL === 'on',
      });
    } else {
      problems.push(
        ...parsed.error.issues.map((issue) => `${prefix}${issue.path.join('.')}: ${issue.message}`),
      );
    }
  }
  return { providers, problems };
}
