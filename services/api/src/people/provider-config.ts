import { type Env, Secret } from '@ravi/runtime';
import { z } from 'zod';
import { type BrandImage, readBrandImage } from '../pages/brand/brand-image.ts';

/** One OpenID provider, as an operator configured it. */
export interface OidcProviderConfig {
  /** Its id in our addresses and in the environment. */
  readonly id: string;
  /** The name on its button. */
  readonly label: string;
  /** The mark on its button; null for none. */
  readonly mark: BrandImage | null;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Treat every address as verified: for directories that do not send `email_verified`. */
  readonly trustsEmail: boolean;
  /** Take a sign-in for a new proof of who somebody is even where it does not say when they gave it (`auth_time`). */
  readonly trustsReauthentication: boolean;
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
  MARK_FILE: z.string().optional(),
  TRUST_EMAIL: z.enum(['on', 'off'], { error: 'must be "on" or "off"' }).default('off'),
  TRUST_REAUTHENTICATION: z.enum(['on', 'off'], { error: 'must be "on" or "off"' }).default('off'),
});

/**
 * Reads `OIDC_<ID>_ISSUER`, `_CLIENT_ID`, `_CLIENT_SECRET`, `_LABEL`, `_MARK_FILE`, `_TRUST_EMAIL` and `_TRUST_REAUTHENTICATION` for each of the ids that
 * `OIDC_PROVIDERS` lists. An empty variable counts as absent.
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
      const { ISSUER, CLIENT_ID, CLIENT_SECRET, LABEL, MARK_FILE, TRUST_EMAIL, TRUST_REAUTHENTICATION } =
        parsed.data;
      const mark = readMark(id, MARK_FILE);
      if (typeof mark === 'string') problems.push(`${prefix}MARK_FILE: ${mark}`);
      providers.push({
        id,
        label: LABEL ?? ISSUER.hostname,
        mark: typeof mark === 'string' ? null : mark,
        issuer: ISSUER,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        trustsEmail: TRUST_EMAIL === 'on',
        trustsReauthentication: TRUST_REAUTHENTICATION === 'on',
      });
    } else {
      problems.push(
        ...parsed.error.issues.map((issue) => `${prefix}${issue.path.join('.')}: ${issue.message}`),
      );
    }
  }
  return { providers, problems };
}

/** The mark in this file; null for no file, a sentence for one that is none. */
function readMark(id: string, path: string | undefined): BrandImage | string | null {
  if (path === undefined) return null;
  try {
    return readBrandImage(path, `provider-${id}`, { icon: false });
  } catch (error) {
    return error instanceof Error ? error.message : 'is not usable';
  }
}
