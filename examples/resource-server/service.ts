import { Router } from '@koa/router';
import { createVerifier } from '@ravi/verify';
import { type CredentialState, requireCredential } from '@ravi/verify/koa';
import Koa from 'koa';

export interface NotesServiceOptions {
  /** The authorization server. */
  readonly issuer: string;
  /** This service's registration there, in RESOURCE_SERVERS. Without it, only access tokens are accepted. */
  readonly registration?: { readonly clientId: string; readonly clientSecret: string };
}

/**
 * A service that keeps a line of text for each account: `GET /note`, `PUT /note`, and `DELETE /note` for credentials to the whole
 * account. Programs authenticate with the credentials of their login.
 */
export function createNotesService({ issuer, registration }: NotesServiceOptions): Koa<CredentialState> {
  const verifier = createVerifier({
    issuer,
    // A part of the operator's own API: programs of the JSON API have tokens for that alone.
    audience: 'ravi-api',
    // API keys are accepted, and a log-out is noticed within a second, where we can ask.
    ...(registration ? { introspection: registration, introspectTokens: true } : {}),
  });
  const signedIn = requireCredential(verifier, { onUnavailable });
  const wholeAccount = requireCredential(verifier, { onUnavailable, wholeAccount: true });

  const notes = new Map<number, string>();
  const router = new Router<CredentialState>();
  router.get('/note', signedIn, (ctx) => {
    const { userId, kind } = ctx.state.credential;
    ctx.body = { account: userId, presented: kind, note: notes.get(userId) ?? '' };
  });
  router.put('/note', signedIn, async (ctx) => {
    notes.set(ctx.state.credential.userId, await readLine(ctx.req));
    ctx.status = 204;
  });
  router.delete('/note', wholeAccount, (ctx) => {
    notes.delete(ctx.state.credential.userId);
    ctx.status = 204;
  });

  const app = new Koa<CredentialState>();
  app.use(router.routes()).use(router.allowedMethods());
  return app;
}

/** At most 200 characters of the body. */
async function readLine(body: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > 200) break;
  }
  return text.slice(0, 200);
}

function onUnavailable({ message }: Error): void {
  console.error(`Credentials cannot be checked: ${message}`);
}
