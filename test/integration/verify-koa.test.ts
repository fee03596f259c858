import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createVerifier } from '@ravi/verify';
import { type CredentialState, requireCredential, serveResourceMetadata } from '@ravi/verify/koa';
import Koa from 'koa';
import { AuthorizationServer } from '../../packages/verify/src/testing/authorization-server.ts';
import { hasOpenssl, TestAuthority } from '../support/certificates.ts';
import { DpopKey } from '../support/dpop-key.ts';
import { callRaw, forgedAddress, type RawCall } from '../support/forged-address.ts';

/** The promises of packages/verify/README.md to a Koa application that names its issuer and its audience, and nothing else. */

const audience = 'https://notes.example.com';
const evil = 'https://evil.example';
const key = new DpopKey();
const describeWithOpenssl = hasOpenssl ? describe : describe.skip;

let authorization: AuthorizationServer;
let services: Server[];
beforeEach(async () => {
  authorization = await AuthorizationServer.start();
  services = [];
});
afterEach(async () => {
  for (const service of services) {
    service.closeAllConnections();
    service.close();
  }
  await authorization.stop();
});

/** Lets a server listen on a port of its own; gives its address. */
async function listen(server: Server, scheme = 'http', host = '127.0.0.1'): Promise<string> {
  services.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

type Rules = Parameters<typeof requireCredential>[1];

/** A service that answers with the address that Koa believes to be its own. */
function application(aud = audience, rules: Rules = {}, app = new Koa<CredentialState>()) {
  const verifier = createVerifier({ issuer: authorization.issuer, audience: aud, scopes: ['notes:read'] });
  if (verifier.resourceMetadata) app.use(serveResourceMetadata(verifier));
  app.use(requireCredential(verifier, rules));
  app.use((ctx) => {
    ctx.body = { account: ctx.state.credential.userId, origin: ctx.origin, host: ctx.host };
  });
  const answer = app.callback();
  return (request: IncomingMessage, response: ServerResponse) => void answer(request, response);
}
const serve = (...of: Parameters<typeof application>) => listen(createServer(application(...of)));

const token = (claims: object = {}) => authorization.token({ aud: audience, ...claims });
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
const bound = (aud = audience) => token({ aud, cnf: { jkt: key.thumbprint } });
const proven = (url: string, text = bound(), claims: object = {}) => ({
  authorization: `DPoP ${text}`,
  dpop: key.proof('GET', url, text, { claims }),
});
const statusOf = async (url: string, call: RawCall) => (await callRaw(url, call)).status;

test.each([
  ['as it is', {}],
  ['that trusts a proxy', { proxy: true }],
])(
  'a Koa application %s takes its own address from headers, and a proof never has to match that',
  async (_name, how) => {
    const url = await serve(audience, {}, new Koa<CredentialState>(how));
    const honest = { ...forgedAddress(evil), ...proven(`${audience}/notes`) };
    const answer = await callRaw(`${url}/notes`, { headers: honest });
    // The README warns of this: the caller writes both.
    expect(JSON.parse(answer.text)).toEqual({ account: 42, origin: evil, host: 'evil.example' });
    const stolen = { ...forgedAddress(evil), ...proven(`${evil}/notes`) };
    expect(await statusOf(`${url}/notes`, { headers: stolen })).toBe(401);
    const claimed = { ...forgedAddress(audience), ...proven(`${evil}/notes`) };
    expect(await statusOf(`${url}/notes`, { headers: claimed })).toBe(401);
  },
);

describe('a proof must name', () => {
  /** Whether proofs for these origins pass. */
  const passes = async (url: string, aud: string, origins: readonly string[], ca?: string) => {
    const statuses = origins.map((origin) => {
      const headers = { ...forgedAddress(evil), ...proven(`${origin}/notes`, bound(aud)) };
      return statusOf(`${url}/notes`, { headers, ...(ca === undefined ? {} : { ca }) });
    });
    return (await Promise.all(statuses)).map((status) => status === 200);
  };

  test.each([
    ['https://notes.example.com:8443/v1', 'https://notes.example.com:8443', 'https://notes.example.com'],
    ['http://notes.internal:8080', 'http://notes.internal:8080', 'https://notes.internal:8080'],
  ])('the origin of the audience %s', async (aud, origin, other) => {
    const url = await serve(aud);
    expect(await passes(url, aud, [origin, other, url, evil])).toEqual([true, false, false, false]);
  });

  test('publicOrigin where it is set, whatever the audience is', async () => {
    const own = 'https://api.example.com';
    for (const aud of [audience, 'ravi-api']) {
      for (const publicOrigin of [own, `${own}/`]) {
        const url = await serve(aud, { publicOrigin });
        expect(await passes(url, aud, [own, audience, url, evil])).toEqual([true, false, false, false]);
      }
    }
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === '::1'));
  test.each(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])(
    'the address and port of the connection, %s, where the audience is no such URL',
    async (host) => {
      for (const aud of ['ravi-api', 'urn:notes']) {
        const url = await listen(createServer(application(aud)), 'http', host);
        const { port } = new URL(url);
        const others = [`http://localhost:${port}`, url.replace('http:', 'https:'), evil];
        expect(await passes(url, aud, [url, ...others])).toEqual([true, false, false, false]);
      }
    },
  );

  describeWithOpenssl('with a certificate', () => {
    test('https where the connection itself is encrypted', async () => {
      const authority = new TestAuthority();
      const { cert, key: own } = authority.issue('notes', 'IP:127.0.0.1');
      const pair = { cert: readFileSync(cert), key: readFileSync(own) };
      const url = await listen(createTlsServer(pair, application('ravi-api')), 'https');
      const ca = readFileSync(authority.caFile, 'utf8');
      authority.remove();
      const plain = url.replace('https:', 'http:');
      expect(await passes(url, 'ravi-api', [url, plain], ca)).toEqual([true, false]);
    });
  });

  test('the path that was requested, which a proxy must not change', async () => {
    // As koa-mount does: the middleware below sees a shorter path.
    const mounted = new Koa<CredentialState>().use((ctx, next) => {
      ctx.path = ctx.path.replace('/api', '');
      return next();
    });
    const url = await serve(audience, {}, mounted);
    const asked = (path: string, named: string) =>
      statusOf(url + path, { headers: proven(audience + named) });
    expect(await asked('/api/notes', '/api/notes')).toBe(200);
    expect(await asked('/api/notes', '/notes')).toBe(401);
    // A proxy in front took "/api" away.
    expect(await asked('/notes', '/api/notes')).toBe(401);
  });
});

test('a proof is good once at each process, for a minute either way, for one method, and alone in its request', async () => {
  const [one, other] = [await serve(), await serve()];
  const url = `${audience}/`;
  const once = { headers: proven(url) };
  expect(await statusOf(one, once)).toBe(200);
  expect(await statusOf(one, once)).toBe(401);
  expect(await statusOf(other, once)).toBe(200);

  /** A proof of so many seconds from now; a busy machine looks at it later. */
  const dated = (seconds: number) =>
    statusOf(one, { headers: proven(url, bound(), { iat: Math.floor(Date.now() / 1000) + seconds }) });
  expect([await dated(-30), await dated(50)]).toEqual([200, 200]);
  expect([await dated(-62), await dated(90)]).toEqual([401, 401]);

  expect(await statusOf(one, { method: 'POST', headers: proven(url) })).toBe(401);
  const text = bound();
  const two = { ...proven(url, text), dpop: [proven(url, text).dpop, proven(url, text).dpop] };
  expect(await statusOf(one, { headers: two })).toBe(401);
});

test('proofs are ES256 or EdDSA, and a challenge names both and asks for no nonce', async () => {
  const url = await serve();
  const edwards = new DpopKey('EdDSA');
  const text = token({ cnf: { jkt: edwards.thumbprint } });
  const dpop = edwards.proof('GET', `${audience}/`, text);
  expect(await statusOf(url, { headers: { authorization: `DPoP ${text}`, dpop } })).toBe(200);
  const { challenge, headers } = await callRaw(url, { headers: { authorization: `DPoP ${text}` } });
  expect(challenge).toContain('algs="ES256 EdDSA Ed25519"');
  expect([challenge?.includes('use_dpop_nonce'), headers['dpop-nonce']]).toEqual([false, undefined]);
});

test('each challenge names the metadata of the service, which stand there for anyone, under any Host', async () => {
  const aud = `${audience}/v1`;
  const url = await serve(aud, { scope: 'notes:read' });
  const well = '/.well-known/oauth-protected-resource/v1';
  const where = `resource_metadata="${audience}${well}"`;
  const refused: readonly (readonly [number, Record<string, string>])[] = [
    [400, { authorization: 'Bearer a b' }],
    [401, {}],
    [401, { authorization: 'Basic YTpi' }],
    [401, bearer('garbage')],
    [401, { authorization: `DPoP ${bound(aud)}` }],
    [403, bearer(token({ aud }))],
  ];
  for (const [status, headers] of refused) {
    const answer = await callRaw(url, { headers: { ...forgedAddress(evil), ...headers } });
    expect([answer.status, answer.challenge]).toEqual([status, expect.stringContaining(where)]);
    expect(answer.challenge).toContain('scope="notes:read"');
  }
  expect(await statusOf(url, { method: 'HEAD', target: well })).toBe(200);
  // Also for programs in a browser, which come from anywhere.
  expect((await fetch(url + well)).headers.get('access-control-allow-origin')).toBe('*');
  const metadata = await callRaw(url, { target: well, headers: forgedAddress(evil) });
  expect(JSON.parse(metadata.text)).toMatchObject({
    resource: aud,
    authorization_servers: [authorization.issuer],
    scopes_supported: ['notes:read'],
  });
});

test('kinds, scope and wholeAccount let fewer pass, and the others get 403 insufficient_scope', async () => {
  const reader = token({ scope: 'notes:read' });
  const owner = token({ scope: 'account notes:read' });
  const guest = token({ scope: 'account notes:read', identity_uuid: 'one' });
  const rules: readonly (readonly [Rules, readonly number[]])[] = [
    [{ kinds: ['access'] }, [200, 200, 200]],
    [{ kinds: ['management', 'identity'] }, [403, 403, 403]],
    [{ scope: 'notes:read' }, [200, 200, 200]],
    [{ scope: 'notes' }, [403, 403, 403]],
    [{ wholeAccount: true }, [403, 200, 403]],
  ];
  for (const [rule, statuses] of rules) {
    const url = await serve(audience, rule);
    const answers = await Promise.all(
      [reader, owner, guest].map((text) => callRaw(url, { headers: bearer(text) })),
    );
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    for (const { status, challenge } of answers) {
      expect(challenge?.includes('error="insufficient_scope"') ?? false).toBe(status === 403);
    }
  }
});
