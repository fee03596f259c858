/** Breaks that no test notices here, by their names, and why that is right. */
export const explained: Readonly<Record<string, string>> = {
  'services/api/src/limits/wrong-guesses.ts | await pause(pauseMs * (0.5 + Math.random())); | * → /':
    'waits differently long between two attempts, and decides nothing',
  "services/api/src/people/password-reset.ts | await accountStore.end(userId, 'sessions'); | call dropped":
    'sessions are ended before the link is spent, too: only one of a sign-in with the old password in the milliseconds between is left to this',
  'services/api/src/limits/wrong-codes-alarm.ts | const key = `${prefix}ravi:limit:wrong-codes-total:${Math.floor(clock.nowMs() / periodMs)}`; | / → *':
    'test/e2e/limits reads the log of two processes for it, which a service in this process does not give',
  'services/api/src/people/password-reset.ts | await note(); | call dropped (2)':
    'only where another form, with another password, noted itself in the milliseconds since the first note',
  "services/api/src/tokens/parameters.ts | if (value.length > maxLength && name !== 'token') { | > → >=":
    'refuses a parameter of exactly the greatest length, which none has',
  "packages/audit/src/append-events.ts | const reason = 'reason' in event && event.reason !== undefined ? ` ${event.reason}` : ''; | && → ||":
    'differs only for an event whose reason is there and undefined, and counts its share under another name',
  'packages/accounts/src/email-moves.ts | if (owner === null || foldEmail(owner.account.email) !== foldEmail(email)) | === → !==':
    'a gap: only a twin of a move comes here once the other has given the address to the account; no test holds it at that moment',
  'packages/accounts/src/session-store.ts | this.#owners.set(id, owner); | call dropped':
    'remembers whose a session is, so that the next request reads it in one round trip and not two',
  "packages/redis/src/lua/missing-commands.lua | missing[#missing + 1] = { 'denied', unpack(words) } | + → -":
    'test/fault/redis-users notices it: it reads what services say that do not start, which one of this process does not give',
  'packages/verify/src/key-set.ts | const isDue = () => this.#age() >= freshMs || !this.#keys.has(kid); | >= → >':
    'keys are fetched again one millisecond later',
  'packages/device-login/src/codes/device-code.ts | freshRandomBytes(macAt - randomAt).copy(bytes, randomAt); | - → +':
    'the bytes beyond the random part are overwritten by the authentication code that follows',
  'packages/device-login/src/codes/device-code.ts | if (!shape.test(text)) return null; | never':
    'a text of another shape decodes to other bytes, or is not their only spelling: the next check refuses it, later',
  "packages/device-login/src/codes/device-code.ts | if (bytes.length !== totalBytes || bytes[0] !== version || bytes.toString('base64url') !== text) | || → && (2)":
    'the shape gives the length, and the authentication code covers the version',
};
