import type { Lifetimes } from '@ravi/credentials';

export interface AgentFacts {
  readonly publicUrl: string;
  readonly longPollDefaultSeconds: number;
  readonly longPollMaxSeconds: number;
  readonly lifetimes: Pick<Lifetimes, 'accessTokenSeconds'>;
}

/** `/llms.txt`: how an agent logs in, in the form that llmstxt.org describes. */
export function textForAgents({ publicUrl, lifetimes, ...settings }: AgentFacts): string {
  const heldSeconds = Math.min(settings.longPollDefaultSeconds, settings.longPollMaxSeconds);
  return `# Ravi device auth

> Logs programs in that have no browser (RFC 8628). You ask for a code, your human approves it on a page, and the request on which you wait
> returns your credentials. Never ask a human for a password.

## Log in

1. POST ${publicUrl}/api/auth/device/ with the JSON body {"client_name": "what you are"}. Keep device_code to yourself.
2. Show your human verification_uri and user_code, or verification_uri_complete, which contains the code.
   Where the answer has "verification", show these two digits too.
3. POST ${publicUrl}/api/auth/device/token/ with {"device_code": "...", "wait": true} and a time limit of more than ${heldSeconds + 5} seconds.
   The request is held for up to ${heldSeconds} seconds.
   - 200: "access", "refresh" and the keys. Store them where only you can read them.
   - 400 authorization_pending: send it again. Keep "interval" seconds between two answers that came at once.
   - 429, any 5xx or no answer: send it again after Retry-After, else after "interval" seconds.
   - 400 access_denied, expired_token or invalid_grant: stop, and tell your human.

## Use it

- Send "Authorization: Bearer" with the access token. It lives for ${lifetimes.accessTokenSeconds} seconds at most.
- POST ${publicUrl}/api/auth/token/refresh/ with {"refresh": "..."} gives the next pair. Each refresh token counts once: let one process
  refresh at a time, and store the pair before you use it.
- POST ${publicUrl}/api/auth/logout/ with that header ends the login.

## Reference

- [OpenAPI](${publicUrl}/openapi.json): every call of the service
- [OAuth 2.0 metadata](${publicUrl}/.well-known/oauth-authorization-server): for any OAuth 2.0 library with the device flow
- [Public keys](${publicUrl}/.well-known/jwks.json): for services that check access tokens
`;
}
