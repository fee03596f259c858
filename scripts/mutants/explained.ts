/** Breaks that no test notices here, by their names, and why that is right. */
export const explained: Readonly<Record<string, string>> = {
  'services/api/src/limits/wrong-guesses.ts | await pause(pauseMs * (0.5 + Math.random())); | * → /':
    'waits differently long between two attempts, and decides nothing',
  'services/api/src/account/account-deletion.ts | await pause(afterMs, undefined, { signal: this.#stopping.signal, ref: false }); | false → true':
    'keeps a process alive that nobody stops; whoever stops it ends the pause',
  'packages/accounts/src/session-store.ts | this.#owners.set(id, owner); | call dropped':
    'remembers whose a session is, so that the next request reads it in one round trip and not two',
  "packages/redis/src/lua/missing-commands.lua | missing[#missing + 1] = { 'denied', unpack(words) } | + → -":
    'test/fault/redis-users notices it: it reads what services say that do not start, which one of this process does not give',
  'packages/device-login/src/codes/device-code.ts | freshRandomBytes(macAt - randomAt).copy(bytes, randomAt); | - → +':
    'the bytes beyond the random part are overwritten by the authentication code that follows',
  'packages/device-login/src/codes/device-code.ts | if (!shape.test(text)) return null; | never':
    'a text of another shape decodes to other bytes, or is not their only spelling: the next check refuses it, later',
  "packages/device-login/src/codes/device-code.ts | if (bytes.length !== totalBytes || bytes[0] !== version || bytes.toString('base64url') !== text) | || → && (2)":
    'the shape gives the length, and the authentication code covers the version',
  'packages/device-login/src/lua/redeem.lua | if not since or since >= 1000 then | >= → >':
    'differs for a poll at one millisecond of the clock of Redis, which no test can choose',
  'packages/device-login/src/lua/redeem.lua | local too_fast = since and since < interval * 0.9 | < → <=':
    'differs for a poll at one millisecond of the clock of Redis, which no test can choose',
  "packages/credentials/src/lua/note-use.lua | if redis.call('PTTL', record) < tonumber(ttl) then | < → <=":
    'sets the time to live that the record has',
  "packages/credentials/src/lua/create-records.lua | if redis.call('PTTL', key) < tonumber(ttl) then | < → <=":
    'sets the time to live that the index has',
  "packages/accounts/src/lua/give-up-address.lua | elseif redis.call('PTTL', address) >= 0 then | >= → >":
    'differs in the last millisecond of an address that is given up, which ends then',
  'services/api/src/access/credentials.ts | this.#lineages.delete(hash); | call dropped':
    'forgets what a dead key belonged to: the next look-up finds it dead all the same',
  'services/api/src/access/credentials.ts | this.#lineages.set(hash, lineage); | call dropped':
    'remembers what a key belongs to, so that the next look-up takes one round trip and not two',
  'services/api/src/access/revocation.ts | void clearing.finally(() => this.#clearing.delete(clearing)); | call dropped':
    'forgets what is cleared: whoever waits for it does not wait longer',
  "services/api/src/login/decisions.ts | if (identity.kind === 'usable' && numberMatching === 'off') return { kind: 'ready', identityUuid: given }; | never":
    'reads the login first, which then changes nothing: a round trip more',
  "services/api/src/access/credentials.ts | if (credential.kind !== 'key') { | never":
    'notes the use of the login all the same; that of a key, which a token has none of, fails and is told to nobody',
  "packages/credentials/src/account-indexes.ts | const members = await redis.zrange(index, '0', String(clearedAtOnce - 1)); | - → +":
    'clears two records more at a time',
  "packages/credentials/src/grants/unused-grants.ts | const isUnused = grant?.state === 'active' && endsInMs >= 0 && endsInMs <= withinMs; | >= → >":
    'differs in the last millisecond of a login',
  "packages/credentials/src/grants/unused-grants.ts | const isUnused = grant?.state === 'active' && endsInMs >= 0 && endsInMs <= withinMs; | <= → <":
    'differs in one millisecond of the time that a login has left, and is made up for by the next look',
  "services/api/src/login/follow.ts | let watched: Watched = { progress: 'unknown', turnedAway: false }; | false → true":
    'is read only once a login was found, whose own word it then is',
  'services/api/src/login/lost-wakeups-sweep.ts | const intervalMs = intervalSeconds * 1000 * (0.8 + Math.random() * 0.4); | * → / (2)':
    'sweeps after five sixths to five quarters of the interval, in place of four to six fifths',
  'services/issuer/src/issuance-worker.ts | if (failures.length < entries.length) | < → <=':
    'writes into a job of which everything failed what it holds already',
  'services/issuer/src/issuance-worker.ts | skipMetasUpdate: true, | true → false':
    'the library writes once more, at the start, which version it has',
  'packages/redis/src/lua/missing-commands.lua | while check and at <= #ARGV do | <= → <':
    'each command has at least one word behind its number: none begins at the last argument',
  'packages/redis/src/lua/batch.lua | while arg_at <= #args do | <= → <':
    'each call begins with two numbers: none begins at the last argument',
  'packages/redis/src/membership.ts | #wasPaused = false; | false → true':
    'is read only once it has joined, and the telling by which it joins sets it',
  "packages/redis/src/lua/join.lua | return state ~= 'joined' or their_joined_at <= joined_at | <= → <":
    'differs for two that joined in one millisecond of the clock of Redis, which no test can choose',
  "services/api/src/limits/wrong-guesses.ts | if (performance.now() >= untilMs) return { kind: 'busy' }; | >= → >":
    'differs for a guess that has waited for two seconds to the last digit of the clock',
  'services/api/src/limits/lua/admit-guess.lua | if its_wait > wait then | > → >=':
    'of two subjects that are refused for equally long, names the other one',
  'services/api/src/limits/event-limit.ts | .find(({ retryAfterMs }) => retryAfterMs > 0); | > → >=':
    'differs in the millisecond in which a refusal ends',
  'packages/redis/src/hash-tags.ts | if (Math.abs(clusterSlot(spread) - (index + 0.5) * part) <= part / 8) return spread; | <= → <':
    'none of the tags of the 1 to 64 queues that can be set lies exactly at this distance',
  "packages/redis/src/read-clock.ts | const sentence = `The clock of Redis is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's: let both follow one source (NTP).`; | > → >=":
    'is asked of a difference of two seconds or more alone',
  'packages/redis/src/wait-until-ready.ts | } else if (performance.now() > endMs) ready.reject(watch.last); | > → >=':
    'differs for a look at the very moment in which the time is over, and gives up at the next one, 250 ms later',
  'packages/redis/src/wait-until-usable.ts | if (!passes || performance.now() > endMs) { | > → >=':
    'differs for a failure at the very moment in which the time is over, and gives up at the next one, 250 ms later',
  'packages/redis/src/batching-redis.ts | if (this.#inTick) return; | never':
    'begins the tick once more for each of its commands, and ends it as often: it is sent as one all the same',
  'packages/redis/src/batching-redis.ts | this.#inTick = true; | true → false':
    'begins the tick once more for each of its commands, and ends it as often: it is sent as one all the same',
  'packages/redis/src/batching-redis.ts | stream?.cork(); | call dropped':
    'sends the commands of a tick, in their order, in writes of their own',
  'services/issuer/src/issue-login.ts | ...(identity && chosen | && → ||':
    'the key is made for the identity: both are there, or neither is',
  'services/api/src/login/held-waits.ts | checkAgain: false, | false → true':
    'is set at the beginning of each check, before it is read',
  'services/api/src/login/held-waits.ts | if (pauseMs > 1) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref()); | > → >=':
    'differs for a pause of exactly one millisecond',
  'packages/verify/src/access-token.ts | if (!key) return null; | never':
    'the library refuses to verify without a key, and the token is none all the same',
  'packages/verify/src/introspection.ts | this.#kept.delete(id); | call dropped':
    'forgets answers in the order of their first question, not of the last: as few stay',
  "packages/verify/src/key-set.ts | if (typeof kid !== 'string' || kty !== 'EC' || crv !== 'P-256' || alg !== 'ES256' || use !== 'sig') | || → && (3)":
    'keeps keys of another curve, which verify no ES256; those of another type are none',
  "packages/verify/src/key-set.ts | if (typeof kid !== 'string' || kty !== 'EC' || crv !== 'P-256' || alg !== 'ES256' || use !== 'sig') | || → && (4)":
    'a key under a name that is no text is never found, and one of another type is no key: the import refuses it',
  'packages/verify/src/key-set.ts | if (x === undefined || y === undefined) return []; | never':
    'the import refuses a key that lacks a coordinate',
  'packages/verify/src/key-set.ts | if (x === undefined || y === undefined) return []; | || → &&':
    'the import refuses a key that lacks a coordinate',
  "packages/verify/src/dpop-proof.ts | if (typeof x !== 'string') return null; | never":
    'the import refuses a key whose coordinate is no text',
  'packages/verify/src/dpop-proofs-in-memory.ts | if (untilMs > nowMs && this.#seen.size < this.#maxRemembered) break; | > → >=':
    'forgets a proof one millisecond later, which is refused for its age by then',
  'packages/accounts/src/account-store.ts | if (id === 0) continue; | never': 'one draw in 2^53 is a zero',
  'packages/accounts/src/change-field.ts | for (let attempt = 0; attempt < maxAttempts; attempt++) { | < → <=':
    'tries eleven times in place of ten, of which the first nearly always counts',
  'packages/accounts/src/email-moves.ts | if (!userId) return false; | never':
    'looks up account 0, which is none',
  'packages/accounts/src/fair-queue.ts | (most, jobs) => (jobs.length > most.length ? jobs : most), | > → >=':
    'of two parties that have as many places, the other one loses one',
  "packages/accounts/src/linked-accounts.ts | if (owner === null) return 'busy'; | never":
    'a link that ended in that very moment is busy all the same: it is none that lasts',
  'packages/accounts/src/open-deletions.ts | signs.unref(); | call dropped':
    'lets a process end that has nothing else to do, which one that deletes has',
  'packages/accounts/src/reset-links.ts | if (userId === null) return null; | never':
    'asks Redis for a note of what is no link, and there is none',
  'packages/accounts/src/reset-links.ts | if (userId === null) return null; | never (2)':
    'asks Redis for an account that is none, and has nothing from it',
  "packages/accounts/src/session-store.ts | if (!tokenShape.test(token) || form === '') return null; | never":
    'nothing is ever noted of an empty form, or for what is no token',
  "packages/accounts/src/session-store.ts | if (!tokenShape.test(token) || form === '') return null; | || → &&":
    'nothing is ever noted of an empty form, or for what is no token',
  'packages/accounts/src/session-store.ts | if (next !== null || !mayCome || look >= maxLooks) return next; | >= → >':
    'looks once more, 50 ms later, for what did not come within a second',
  'packages/accounts/src/session-store.ts | if (!tokenShape.test(token)) return null; | never':
    'asks Redis for a session that is none',
  'packages/accounts/src/session-store.ts | if (record === null) return; | never':
    'asks the script to move a session that is gone, which it leaves so',
  'packages/accounts/src/session-store.ts | this.#owners.delete(id); | call dropped':
    'forgets whose a session was that has ended: the next look finds it ended all the same',
  'packages/accounts/src/linked-accounts.ts | if (account.blocked) return null; | never':
    'the script refuses a blocked account, and its password is put back',
  'packages/accounts/src/session-store.ts | if (!tokenShape.test(token)) return false; | never':
    'asks Redis to end a session that is none',
  'packages/accounts/src/sign-in-undos.ts | if (userId === null) return null; | never':
    'asks Redis for an account that is none, and has nothing from it',
  'packages/accounts/src/sign-in-undos.ts | if (userId === null) return null; | never (2)':
    'asks Redis for an account that is none, and has nothing from it',
  'packages/accounts/src/sign-in-undos.ts | for (let attempt = 0; attempt < maxAttempts; attempt++) { | < → <=':
    'tries eleven times in place of ten, of which the first nearly always counts',
  'packages/accounts/src/account-fields.ts | if (!email || !epoch || !sessionsEpoch) return null; | || → &&':
    'the two epochs are written by one command: neither is missing alone',
  'packages/accounts/src/sign-in-undos.ts | let isThere = false; | false → true':
    'is set before it is read: what there is is looked at in any case',
  'packages/accounts/src/sign-in-undos.ts | outcome: true, | true → false':
    'only whether there was an outcome is looked at',
  "packages/accounts/src/linked-accounts.ts | if (typeof change === 'string' || !removed) return { kind: 'gone' }; | || → &&":
    'the word and the missing link come together: what is gone was not found',
  'packages/credentials/src/tokens/token-verifier.ts | stands.catch(() => undefined); | call dropped':
    'token-verifier.test.ts notices it with jest, where a rejection that nobody awaits fails a test; here it ends none',
  'packages/credentials/src/tokens/token-verifier.ts | if (known) return known; | never':
    'checks a signature again that was good before',
  "packages/credentials/src/tokens/token-verifier.ts | if (kind === 'access') this.#remembered.set(digest, signed); | never":
    'checks a signature again that was good before',
  "packages/credentials/src/tokens/token-verifier.ts | if (kind === 'access') this.#remembered.set(digest, signed); | call dropped":
    'checks a signature again that was good before',
  "packages/credentials/src/tokens/token-verifier.ts | if (kind === 'access') this.#remembered.set(digest, signed); | === → !==":
    'remembers those that are presented once, and checks the others again',
  'packages/credentials/src/tokens/token-verifier.ts | if (!key) return null; | never':
    'the library refuses to verify without a key, and the token is none all the same',
  "packages/credentials/src/tokens/token-verifier.ts | if (typeof claims !== 'object' || claims === null) return false; | never":
    'the library has refused before what is no object with our issuer',
  "packages/credentials/src/tokens/token-verifier.ts | if (typeof claims !== 'object' || claims === null) return false; | || → &&":
    'the library has refused before what is no object with our issuer',
  "packages/credentials/src/tokens/token-verifier.ts | if (typeof claims !== 'object' || claims === null) return false; | false → true":
    'the library has refused before what is no object with our issuer',
  'packages/credentials/src/tokens/token-verifier.ts | if (token.length > maxLength) return null; | > → >=':
    'differs for a token of exactly 4,096 characters, and ours are far shorter',
  "packages/credentials/src/tokens/token-verifier.ts | if (header?.typ !== tokenTypes[kind] || header.alg !== 'ES256' || typeof header.kid !== 'string') | || → &&":
    'the library refuses every other algorithm, and no key is without a name',
  'services/api/src/people/browser-sessions.ts | if (token === undefined) return null; | never':
    'asks the sessions for none, which are asked of Redis by tokens of one shape alone',
  'services/api/src/people/oidc-provider.ts | if (this.#known) return this.#known; | never (2)':
    'test/integration/provider-id-tokens notices it under jest, which hears of rejections that nobody waits for',
  'services/api/src/people/oidc-provider.ts | idTokenExpected: true, | true → false':
    'the next lines refuse an answer without an ID token',
  "services/api/src/people/oidc-provider.ts | if (!claims) return { kind: 'failed', problem: 'untrusted', reason: 'no ID token' }; | never":
    'the library refuses an answer without an ID token, since one is expected',
  'services/api/src/people/passkeys.ts | if (response === null) throw refusal; | never':
    'the library refuses what is no answer, too, and the log tells of it',
  'services/api/src/people/passkeys.ts | if (credential.publicKey.length > maxPublicKeyBytes) throw refusal; | > → >=':
    'differs for a key of exactly 1,100 bytes, which no algorithm here has',
  "services/api/src/people/passkeys.ts | if (account === null) throw refusalFor('unknown'); | never":
    'a passkey of no account was refused in the call before',
  "services/api/src/people/passkeys.ts | if (assertion === null) return 'wrong'; | never":
    'what is no answer was refused by the only caller',
  'services/api/src/people/password-accounts.ts | if (clock.nowMs() >= endMs) throw isBeingMade(); | >= → >':
    'waits for a twin one millisecond longer',
  'services/api/src/people/password-accounts.ts | await pause(20); | call dropped':
    'asks for the account of a twin more often, for as long',
  'services/api/src/people/password-reset.ts | await pause(twinNotesMs); | call dropped':
    'asks earlier what a twin noted: of two requests in two processes, whose order no test can choose',
  'services/api/src/people/password-faults.ts | characters.every((character, at) => at < unit || character === characters[at - unit]), | < → <=':
    'also refuses a repetition of which the first character after the first unit differs: as easy to guess',
  'services/api/src/people/password-faults.ts | return [1, -1].some((step) => steps.every((found) => found === step || found === -9 * step)); | * → /':
    'a number divided by 1 or -1 is the number multiplied by it',
  'services/api/src/people/provider-attempt.ts | return authenticatedAtMs >= expiresAtMs - attemptTtlSeconds * 1000 - maxClockSkewMs; | >= → >':
    'differs for one millisecond, and providers tell whole seconds',
  'services/api/src/people/shown-forms.ts | if (shownAtMs === undefined || proof === undefined) return null; | || → &&':
    'a mark of this shape has both, any other text neither',
  'packages/runtime/src/nearest-name.ts | if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY; | never':
    'counts the errors also of names whose lengths differ by more than may be wrong: as many at least, and found later',
  "services/api/src/people/pages/second-step.ts | const by = provider === '' ? 'password' : 'provider'; | === → !==":
    'test/e2e/provider-links notices it: which tests run this line is not found out, as the survey does not see it run',
  "packages/client/src/dpop-key.ts | return new DpopKey(jwk, await crypto.subtle.importKey('jwk', { ...jwk }, algorithm, false, ['sign'])); | false → true":
    'nobody can reach the key to export it, and its JWK stands beside it',
  'packages/client/src/session.ts | if (body instanceof ReadableStream) return true; | never':
    'a stream can be iterated in Node, so that the next line recognises it too; on some other platforms it cannot',
  'packages/client/src/qr/matrix.ts | for (let at = 0; at < this.size; at++) { | < → <=':
    'draws a module outside of the square, where none is kept',
  'packages/client/src/qr/qr-code.ts | if (penalty < best.penalty) best = { mask, penalty }; | < → <=':
    'of several masks that are as easy to read, takes the last',
  'packages/client/src/qr/qr-code.ts | for (let y = -border; y < matrix.size + border; y += 2) { | < → <=':
    'the end is odd, and each line begins at an even row',
  'packages/client/src/stores/folder-lock.ts | if (silentMs > staleMs && (await takeOver(path, file, now.owner))) return; | > → >=':
    'differs for a holder that was silent for five seconds to the last digit of the clock',
  'packages/client/src/stores/folder-lock.ts | if (performance.now() - startedAtMs > waitMs) throw new LockBusy(`${path} is held by another process.`); | > → >=':
    'differs for a wait that is over to the last digit of the clock',
  "packages/telemetry/src/log-output.ts | pipe.on('error', () => undefined); | call dropped":
    'log-output.test.ts notices it with jest, where an error that nobody listens to fails a test; here it ends none',
  'packages/telemetry/src/log-output.ts | let isFull = false; | false → true':
    'the first line finds nothing that waits, and neither maximum reached',
  'packages/telemetry/src/log-output.ts | isFull = pipe.writableLength > (isFull ? maxBytes / 2 : maxBytes); | > → >=':
    'differs where exactly as many bytes wait as may',
  'packages/accounts/src/change-field.ts | const maxAttempts = 10; | tenfold':
    'tries a change that others overtake again and again up to a hundred times, of which the first nearly always counts',
  'packages/accounts/src/sign-in-undos.ts | const maxAttempts = 10; | tenfold':
    'tries to put back what others change again and again up to a hundred times, of which the first nearly always counts',
  'packages/credentials/src/account-indexes.ts | const clearedAtOnce = 200; | tenfold':
    'clears as much, in steps that keep Redis for ten times as long: ten milliseconds',
  'packages/credentials/src/grants/unused-grants.ts | const lookedAtOnce = 200; | tenfold':
    'looks at as many, in larger steps',
  'packages/credentials/src/grants/unused-grants.ts | const pauseMs = 5; | tenfold':
    'looks at as many, ten times as slowly: nobody waits for it',
  'packages/verify/src/dpop-proofs-in-memory.ts | const maxRememberedByDefault = 100_000; | tenfold':
    'remembers more proofs than the hundred thousand that a test would have to make, each worth nothing after two minutes',
  'services/api/src/limits/wrong-guesses.ts | const firstPauseMs = 5; | tenfold':
    'waits differently long between two attempts, and decides nothing',
  'services/api/src/limits/wrong-guesses.ts | const maxPauseMs = 100; | tenfold':
    'waits differently long between two attempts, and decides nothing',
  'packages/redis/src/wait-until-usable.ts | const intervalMs = 250; | tenfold':
    'looks every two and a half seconds, so that a start beside a Redis that comes back takes so much longer at most',
  'services/api/src/pages/display-safe.ts | const longestInput = 4096; | tenfold':
    'works on more of a text of which no page shows more than the first 160 characters',
  'services/api/src/people/password-reset.ts | const twinNotesMs = 100; | tenfold':
    'asks a second later what a twin noted: of two requests in two processes, whose order no test can choose',
};
