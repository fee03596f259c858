import type { Requirement } from './requirement-table.ts';

/** OWASP ASVS 5.0.0, chapter V7, levels 1 (L1) and 2 (L2), in its order and in our words. */
export const asvsSessions: readonly Requirement[] = [
  {
    id: 'ASVS V7.1.1',
    title: 'L2: idle time and longest life are documented and justified',
    answer: '2 h and 12 h, both settings, and why',
    documents: ['operations.md#ways-in-and-sessions'],
  },
  {
    id: 'ASVS V7.1.2',
    title: 'L2: how many sessions an account may have is documented',
    answer: '50; one more ends the oldest',
    documents: ['scaling.md#what-one-account-can-leave-in-redis'],
  },
  {
    id: 'ASVS V7.1.3',
    title: 'L2: how sessions here and at providers hang together is documented',
    answer: 'they do not: each ends by itself',
    documents: ['operations.md#ways-in-and-sessions'],
  },
  {
    id: 'ASVS V7.2.1',
    title: 'L1: session tokens are checked by the server',
    answer: 'at each request, in Redis',
  },
  {
    id: 'ASVS V7.2.2',
    title: 'L1: session tokens are made for the session',
    answer: 'a fresh one at each sign-in; no API key or token opens a page',
  },
  {
    id: 'ASVS V7.2.3',
    title: 'L1: session tokens have 128 bits of a CSPRNG',
    answer: '256, kept as their SHA-256',
  },
  {
    id: 'ASVS V7.2.4',
    title: 'L1: signing in, and again, makes a new token and ends the old',
    answer: 'also when the password is changed, and when a factor is set up first, replaced or removed',
  },
  { id: 'ASVS V7.3.1', title: 'L2: sessions end when idle', answer: 'after `SESSION_IDLE_SECONDS`' },
  {
    id: 'ASVS V7.3.2',
    title: 'L2: sessions have a longest life',
    answer: '`SESSION_MAX_SECONDS` from the sign-in on, however much they are used',
  },
  {
    id: 'ASVS V7.4.1',
    title: 'L1: an ended session opens nothing',
    answer: 'it is deleted in Redis, so it is over at every api at once',
  },
  {
    id: 'ASVS V7.4.2',
    title: 'L1: a disabled or deleted account has no session',
    answer: 'nor any token, key or pending approval: `npm run accounts -- block`, `delete`',
  },
  {
    id: 'ASVS V7.4.3',
    title: 'L2: after a changed or removed factor all other sessions can be ended',
    answer:
      'they are ended, always: with a changed password, a first, replaced or removed factor, new recovery codes and an unlinked provider. Beside one that is added they go on, and can be ended on their page; programs, on theirs',
  },
  {
    id: 'ASVS V7.4.4',
    title: 'L2: signing out is offered on every page of a session',
    answer: 'on each page of the account, of codes, of the confirmation and of what was decided',
  },
  {
    id: 'ASVS V7.4.5',
    title: 'L2: administrators can end the sessions of one or of all',
    answer: '`npm run accounts -- block` ends those of one, and `unblock` lets them sign in again',
    gap: 'no command ends the sessions of all accounts at once',
  },
  {
    id: 'ASVS V7.5.1',
    title: 'L2: changing what authenticates asks to authenticate again',
    answer:
      'a new password, a new e-mail address and a first or last factor take the current password; they and any change of factors, a proof of the last 15 minutes, with the second factor where there is one',
  },
  {
    id: 'ASVS V7.5.2',
    title: 'L2: people see and end their sessions, having authenticated again',
    answer: 'each, or all but this one, on a page of the account',
    gap: 'ending sessions does not ask to authenticate again: who has a session can end the others',
  },
  {
    id: 'ASVS V7.6.1',
    title: 'L2: sessions here and at providers end as documented',
    answer: 'a session from a provider ends like any other',
    gap: 'neither signing out at a provider nor being blocked there ends a session here before its time; no `max_age` is asked for',
  },
  {
    id: 'ASVS V7.6.2',
    title: 'L2: no session without somebody’s act',
    answer: 'no other site signs anybody in: forms are refused, links lead to the sign-in page',
  },
];
