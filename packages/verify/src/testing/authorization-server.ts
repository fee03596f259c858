import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import jwt from 'jsonwebtoken';

/** A key pair of the server, under a name. */
export interface ServerKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function newServerKey(): ServerKey {
  return { kid: randomUUID(), ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A small authorization server on a real port, whose answers a test sets; it counts requests. */
export class AuthorizationServer {
  keys: ServerKey[] = [newServerKey()];
  /** What introspection answers, by token; anything else is not active. */
  readonly active = new Map<string, object>();
  /** Answers instead of the usual, by path. */
  readonly instead = new Map<string, Handler>();
  readonly asked: Record<string, number> = {};
  /** The Authorization header of the last introspection. */
  authorization: string | undefined;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<AuthorizationServer> {
    const server = new AuthorizationServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** An access token as ours look; `claims`, `header` and `key` change it. */
  token(
    claims: object = {},
    header: object = {},
    key: KeyObject | string | undefined = this.keys[0]?.privateKey,
  ) {
    const now = Math.floor(Date.now() / 1000);
    const full = {
      iss: this.issuer,
      sub: '42',
      aud: 'ravi-api',
      iat: now,
      exp: now + 3600,
      jti: randomUUID(),
      client_id: 'a-program',
      grant_id: 'a-grant',
      scope: 'account',
      ...claims,
    };
    const complete = { alg: 'ES256', typ: 'at+jwt', kid: this.keys[0]?.kid, ...header } as jwt.JwtHeader;
    const cleaned = JSON.parse(JSON.stringify(full)) as object;
    return jwt.sign(cleaned, key ?? '', {
      algorithm: complete.alg as jwt.Algorithm,
      header: complete,
      // Otherwise one would be added.
      noTimestamp: !('iat' in cleaned),
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.asked[path] = (this.asked[path] ?? 0) + 1;
    const body = await text(request);
    const instead = this.instead.get(path);
    if (instead) return instead(request, response);
    if (path === '/oauth/introspect') {
      this.authorization = request.headers.authorization;
      const found = this.active.get(new URLSearchParams(body).get('token') ?? '');
      return answer(response, found ? { active: true, iss: this.issuer, ...found } : { active: false });
    }
    if (path === '/.well-known/jwks.json') {
      const keys = this.keys.map(({ kid, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        alg: 'ES256',
        use: 'sig',
      }));
      return answer(response, { keys });
    }
    answer(response, {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/.well-known/jwks.json`,
      introspection_endpoint: `${this.issuer}/oauth/introspect`,
    });
  }
}

export function answer(response: ServerResponse, json: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}
