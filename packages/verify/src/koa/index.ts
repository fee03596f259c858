import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Middleware } from 'koa';
import {
  type Credential,
  hasScope,
  insufficient,
  type RequestFacts,
  type Verification,
  withParameters,
} from '../verification.ts';
import type { Verifier } from '../verifier.ts';

export interface RequireCredentialOptions {
  /** The accepted kinds. Default: all. */
  readonly kinds?: readonly Credential['kind'][];
  /** Refuse credentials that are good for one identity alone, or whose scope has no `account`. */
  readonly wholeAccount?: boolean;
  /** A word that the scope must contain. */
  readonly scope?: string;
  /**
   * The origin under which programs reach this service, which DPoP proofs name. Default: that of the verifier's audience, where it is a
   * URL; else the address and port of the socket. Headers are never asked.
   */
  readonly publicOrigin?: string;
  /** Called if the authorization server cannot be reached. */
  readonly onUnavailable?: (cause: Error) => void;
}

/** The accepted credential, in the context's state. */
export interface CredentialState {
  credential: Credential;
}

/**
 * Accepts only valid credentials and puts them into `ctx.state.credential`. Other requests get 400, 401 or 403 with
 * `WWW-Authenticate` (RFC 6750 §3), or 503 while credentials cannot be checked.
 */
export function requireCredential(
  verifier: Verifier,
  options: RequireCredentialOptions = {},
): Middleware<CredentialState> {
  const publicOrigin = options.publicOrigin?.replace(/\/+$/, '');
  return async (ctx, next) => {
    const request: RequestFacts = {
      method: ctx.method,
      url: (publicOrigin ?? verifier.origin ?? socketOrigin(ctx.req.socket)) + pathOf(ctx.originalUrl),
      dpop: ctx.get('DPoP') || undefined,
    };
    const scope = options.scope ?? (options.wholeAccount ? 'account' : undefined);
    const found = await verifier.verify(ctx.get('Authorization'), request, { scope });
    const caller = narrowed(verifier, found, options);
    if (caller.kind === 'refused') {
      ctx.status = caller.status;
      ctx.set('WWW-Authenticate', caller.challenge);
      ctx.body = { ...(caller.error ? { error: caller.error } : {}), error_description: caller.description };
    } else if (caller.kind === 'unavailable') {
      options.onUnavailable?.(caller.cause);
      ctx.status = caller.status;
      ctx.set('Retry-After', '5');
      ctx.body = { error: 'temporarily_unavailable', error_description: caller.description };
    } else {
      ctx.state.credential = caller;
      await next();
    }
  };
}

/**
 * Serves what the service tells programs about itself, where challenges send them: put it before `requireCredential`. Throws a TypeError
 * where the verifier's audience is no URL. (RFC 9728 §3)
 */
export function serveResourceMetadata({ resourceMetadata }: Pick<Verifier, 'resourceMetadata'>): Middleware {
  if (resourceMetadata === null) throw new TypeError('the audience must be a URL: metadata are found by it');
  return async (ctx, next) => {
    const isAsked = ctx.path === resourceMetadata.path && ['GET', 'HEAD'].includes(ctx.method);
    if (!isAsked) return next();
    ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'public, max-age=300' });
    ctx.body = resourceMetadata.document;
  };
}

function narrowed(
  { resourceMetadata }: Verifier,
  caller: Verification,
  { kinds, wholeAccount = false, scope }: RequireCredentialOptions,
): Verification {
  if (caller.kind === 'refused' || caller.kind === 'unavailable') return caller;
  const isWhole = caller.identityUuid === undefined && hasScope(caller, 'account');
  if ((kinds?.includes(caller.kind) ?? true) && (isWhole || !wholeAccount)) return caller;
  return withParameters(insufficient(), {
    resource_metadata: resourceMetadata?.url,
    scope: scope ?? (wholeAccount ? 'account' : undefined),
  });
}

/**
 * The origin at which the connection arrived. Koa's `ctx.origin` is the header `Origin`, and `ctx.host` the header `Host`: whoever calls
 * writes them, and with them a stolen proof for another service would be good here.
 */
function socketOrigin(socket: Socket): string {
  const { localAddress = '', localPort } = socket;
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '');
  const host = address.includes(':') ? `[${address}]` : address;
  return `${socket instanceof TLSSocket ? 'https' : 'http'}://${host}:${localPort}`;
}

/** The path as the program wrote it, whatever mounted this application; a request line may hold a whole URL. (RFC 9112 §3.2.2) */
function pathOf(requestTarget: string): string {
  if (requestTarget.startsWith('/')) return requestTarget;
  return URL.canParse(requestTarget) ? new URL(requestTarget).pathname : '/';
}
