import type { Requirement } from './requirement-table.ts';

/** Threats beyond the considerations of the RFCs. */
export const threats: readonly Requirement[] = [
  {
    id: 'stolen Redis',
    title: 'Redis is stolen: a dump, its AOF, a replica or the queue, and no more',
    answer:
      'codes, keys and session tokens are hashed, passwords argon2id, results sealed to the device_code: it opens nothing',
  },
  {
    id: 'stolen SECRET',
    title: '`SECRET` is stolen as well',
    answer:
      'what is settled stays closed: its key is gone from Redis. The results of logins that are pending now can be opened later',
  },
  {
    id: 'stolen history',
    title: '`SECRET` is stolen, and the history of Redis: an AOF, or what a replica was sent',
    answer:
      'not met: a history holds the key of each login while it was pending, and opens its result. Keep them apart (docs/durability.md)',
  },
  {
    id: 'lost data',
    title: 'Redis loses what it answered: a crash, a failover, an older copy',
    answer:
      'account ids are random and never come back; a refresh token that is newer than its record works; `RECORDS_REPLICAS` keeps back what replicas do not have',
  },
  {
    id: 'leaked signing key',
    title: 'A signing key leaks',
    answer: 'a new one takes over and the old one ends within seconds, without a restart',
  },
  { id: 'api broken into', title: 'The api is broken into', answer: 'it has no signing key' },
  {
    id: 'cross-site forms',
    title: 'Another site posts forms or makes calls (CSRF)',
    answer: 'CSRF token bound to the session, same-origin check, SameSite cookies',
  },
  { id: 'framing', title: 'Clickjacking', answer: "`frame-ancestors 'none'`, `X-Frame-Options: DENY`" },
  {
    id: 'session fixation',
    title: 'Session fixation and stolen cookies',
    answer:
      'each sign-in makes a new session and ends the one before; signing out ends it at every api; `__Host-`, HttpOnly, SameSite=Lax, Secure',
  },
  {
    id: 'blocked account',
    title: 'An account is in the wrong hands, or its person has left',
    answer:
      '`npm run accounts -- block`: sessions, tokens, keys and approvals end at once, and nobody signs in',
  },
  {
    id: 'deleted account',
    title: 'Something of a deleted account stays',
    answer:
      'all of it is removed but the ids in the audit log; addresses of identities are kept back for 30 days',
  },
  {
    id: 'leaked key',
    title: 'An API key leaks, and a scanner finds its first characters',
    answer: '`npm run accounts -- key PREFIX --revoke` finds it and ends it with what it made',
  },
  {
    id: 'reset link',
    title: 'A link that sets a new password is stolen, guessed or used twice',
    answer:
      '160 random bits, hashed in Redis, once, for an hour, the newest alone; told to no other page and to no log; all sessions end',
  },
  {
    id: 'forgotten session',
    title: 'A session is forgotten on some machine',
    answer:
      'sessions end when they are idle, and some time after the sign-in; they are listed, and each can be ended, or all but this one; approving and changes of the account ask who it is, at a provider with `prompt=login`; what takes a way in away ends all others, and a link in the mail puts it back',
  },
  {
    id: 'forgotten program',
    title: 'The credentials of a program that nobody uses any more lie on some machine',
    answer:
      'a login of which nothing is used for `PROGRAM_IDLE_DAYS` ends by itself, and its human is told where there is mail',
  },
  {
    id: 'provider sign-in',
    title: 'A sign-in through a provider is planted, replayed, mixed up or tampered with (RFC 9700 §2.1, §4)',
    answer:
      'PKCE, nonce, a state that is bound to the browser and valid once, `iss`, a redirect URI for each provider, signatures checked',
  },
  {
    id: 'account look-alikes',
    title: 'An address is made to look like another’s, or to be read as another',
    answer:
      'characters that nobody sees are dropped before addresses are compared; `<`, `>`, `:`, spaces and controls are refused',
  },
  {
    id: 'account pre-hijacking',
    title: 'Somebody signs up with an address of somebody else, and waits for its owner',
    answer:
      'only a link that was sent there confirms an address, and mail goes to confirmed ones alone; whoever resets the password of an unconfirmed account by mail, or comes by a provider that vouches for its address, owns it alone: sessions, programs and keys of before end',
  },
  {
    id: 'provider takeover',
    title: 'An account is taken over through a provider',
    answer:
      'issuer and subject are the only link, to one account; further ones are linked by who is signed in alone, bound to their session; an address with an account is refused, unless nobody proved it: then what was of the account before ends',
  },
  {
    id: 'open redirect',
    title: 'Open redirect, foreign host names',
    answer:
      'forms lead only to addresses built from a folded code; links start with `PUBLIC_URL`, never with the `Host` header',
  },
  {
    id: 'injection',
    title: 'Markup in names and addresses',
    answer:
      "everything is escaped; `default-src 'none'`, one script, named by its hash, on one page; text from strangers is one line without invisible characters",
  },
  {
    id: 'header and log injection',
    title: 'CR LF into headers and logs',
    answer:
      'no input reaches a header but a folded code; control characters are refused; logs are JSON, a line each',
  },
  {
    id: 'somebody else’s',
    title: 'Approval of somebody else’s identity, or by somebody else’s session',
    answer: 'identities are looked up in the approver’s account; tokens of forms belong to one session',
  },
  {
    id: 'replay',
    title: 'Replayed form, double click, two tabs, back button',
    answer:
      'a decision is one script: repeating it changes nothing and shows the same; an opposite one is refused as too late; a form ends with its session',
  },
  {
    id: 'password guessing',
    title: 'Passwords are guessed, accounts are probed',
    answer:
      'limits on wrong passwords per network and per account, and a separate one for a browser that signed in before, so that strangers do not lock the owner out; the same answer for a wrong password and an unknown address',
  },
  {
    id: 'stolen token',
    title: 'A token is stolen',
    answer:
      'a client may bind its tokens to a key (DPoP, RFC 9449): then they are useless without a proof for each request; refresh tokens rotate, and a copy ends the login with all its tokens and keys',
  },
  {
    id: 'incomplete end',
    title: 'Something lives on after its end: a key that a thief made, a token, a session, an approval',
    answer:
      'an end is one write, which every look-up honours: logging out, “end”, “end all”, a revocation, a reused refresh token, a deleted identity, a blocked account; what descends from a key ends with it',
  },
  {
    id: 'escalation',
    title: 'A credential makes others that may more or live longer',
    answer:
      'what a credential makes has at most its scope and life; tokens of OAuth clients and bound tokens make no keys; at most four generations',
  },
  {
    id: 'restored copy',
    title: 'Redis comes back older than it was',
    answer:
      'account ids are random, so nobody gets the `sub` of somebody else; a refresh token that is newer than its record works, and does not pass for a copy. What was ended since is alive again until it is ended anew',
  },
  {
    id: 'foreign client',
    title: 'A client takes a code or token of another, or asks for more than it may',
    answer: 'codes and tokens are valid only for the client_id that they were made for; scopes are listed',
  },
  {
    id: 'forged token',
    title: 'Tokens are forged, or one kind is used as another',
    answer: 'one algorithm, published keys only, a type and an audience for each kind',
  },
  {
    id: 'flooding',
    title: 'One party floods the service',
    answer:
      'limits per address, per IPv6 /64, /56, /48 and IPv4 /24, and in total; bodies of 16 KiB; passwords hashed one at a time, with the networks taking turns; the changes by each credential are limited; headers are read in linear time; half a minute for a request to come, and for its answer to be read',
  },
  {
    id: 'full Redis',
    title: 'Redis is filled up, so that nobody can end anything',
    answer:
      'denying, ending, revoking, signing out and deleting go on: their scripts run at the memory limit; every other script is refused as a whole',
  },
  {
    id: 'secrets in logs',
    title: 'Secrets leak into logs',
    answer:
      'log calls contain only ids; a redaction list is the second line of defence; a test reads everything that is printed',
  },
];
