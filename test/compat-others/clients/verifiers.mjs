// Libraries that check access tokens, each as its README says: takes the issuer and a token, prints the name of each that lets it in
// and refuses it with a changed signature.
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import * as jose from 'jose';
import jwksRsa from 'jwks-rsa';
import Koa from 'koa';
import koaJwt from 'koa-jwt';

const [issuer, token] = process.argv.slice(2);
const audience = 'ravi-api';
const jwksUri = `${issuer}/.well-known/jwks.json`;
const changed = `${token.slice(0, -6)}AAAAAA`;

/** The status with which a server answers a request with this token. */
async function statusOf(listen, credential) {
  const server = listen();
  await new Promise((resolve) => server.once('listening', resolve));
  const headers = { authorization: `Bearer ${credential}` };
  const { status } = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers });
  server.close();
  server.closeAllConnections();
  return status;
}

const jwks = jose.createRemoteJWKSet(new URL(jwksUri));
const byExpress = express();
byExpress.use(auth({ issuerBaseURL: issuer, audience, tokenSigningAlg: 'ES256' }));
byExpress.get('/', (_request, response) => void response.send('in'));
byExpress.use(
  (error, _request, response, _next) => void response.status(error.status ?? 500).send(error.message),
);
const byKoa = new Koa();
byKoa.silent = true;
byKoa.use(
  koaJwt({ secret: jwksRsa.koaJwtSecret({ jwksUri, cache: true }), audience, issuer, algorithms: ['ES256'] }),
);
byKoa.use((context) => void (context.body = 'in'));

const checks = {
  jose: (credential) =>
    jose.jwtVerify(credential, jwks, { issuer, audience, typ: 'at+jwt' }).then(
      () => 200,
      (error) => (error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' ? 401 : error),
    ),
  'express-oauth2-jwt-bearer': (credential) => statusOf(() => byExpress.listen(0, '127.0.0.1'), credential),
  'koa-jwt with jwks-rsa': (credential) => statusOf(() => byKoa.listen(0, '127.0.0.1'), credential),
};
for (const [name, check] of Object.entries(checks)) {
  const results = [await check(token), await check(changed)];
  console.log(String(results) === '200,401' ? name : `${name} FAILED: ${results}`);
}
