// Less than the microseconds of a second, counted as milliseconds.
const soonMs = String(Date.now() + 60_000);
const agoMs = String(Date.now() - 1);
const login = { state: 'issued', user_id: '7', device_hash: 'hash', client_id: 'cli', lease: 'mine' };
const issued = { ...login, expires_at: soonMs, started_at: '1', approved_at: '1', sealed: 'result' };
const leased = { ...issued, leased_until: soonMs };
const link = { email: 'a@b.c', pending_email: 'new@b.c', 'link:verify': `hash ${soonMs} new@b.c` };
const identity = ['identity:it', '{"name":"new","email":"new@b.c"}', 'new', 'new@b.c', 'update', '9'];
const signIn = { user_id: '7', password_hash: 'old', link_hash: 'hash', link_until: soonMs, link_by: 'mail' };

/** One script, its owner and its strangers. */
export interface OwnedScript {
  /** What the script finds: a hash, or a string. */
  readonly found: Readonly<Record<string, string>> | string;
  /** What the owner says. The script does as it is told. */
  readonly owner: readonly string[];
  /** What is there after that; null for nothing. */
  readonly leaves?: Readonly<Record<string, string>> | null;
  /** What strangers say instead: each differs in one argument. The script answers this, and changes nothing. */
  readonly strangers: readonly (readonly string[])[];
  /** What it finds where the owner comes too late: it answers the same. */
  readonly over?: readonly Readonly<Record<string, string>>[];
  readonly answer: string;
}

/** Each script to which a caller names an owner or proves to be one. */
export const ownedScripts: Readonly<Record<string, OwnedScript>> = {
  'change-password': {
    found: signIn,
    owner: ['old', 'new'],
    leaves: { user_id: '7', password_hash: 'new' },
    strangers: [
      ['other', 'new'],
      ['', 'new'],
    ],
    over: [{ ...signIn, left: '1' }],
    answer: 'changed_meanwhile',
  },
  'claim-email': {
    found: signIn,
    owner: ['7', 'x', 'link'],
    leaves: signIn,
    strangers: [
      ['8', 'x', 'link'],
      ['', 'x', 'link'],
      ['77', 'x', 'link'],
    ],
    answer: 'taken',
  },
  'free-claim': {
    found: { ...signIn, claimed_by: 'link' },
    owner: ['7', 'link'],
    leaves: null,
    strangers: [
      ['8', 'link'],
      ['7', 'other'],
      ['7', ''],
      ['', 'link'],
    ],
    over: [signIn],
    answer: 'not_its',
  },
  'leave-sign-in': {
    found: { ...signIn, claimed_by: 'link' },
    owner: ['7', 'link'],
    leaves: { ...signIn, claimed_by: 'link', left: '1' },
    strangers: [
      ['8', 'link'],
      ['7', 'other'],
      ['7', ''],
      ['', 'link'],
    ],
    over: [signIn],
    answer: 'not_its',
  },
  'carry-password': {
    found: { ...signIn, claimed_by: 'link', claimed_hash: 'old' },
    owner: ['7', 'x'],
    leaves: { ...signIn, claimed_by: 'link', password_hash: 'x' },
    strangers: [
      ['8', 'x'],
      ['', 'x'],
    ],
    answer: 'not_its',
  },
  'give-up-address': {
    found: '7',
    owner: ['7', '1000'],
    strangers: [
      ['8', '1000'],
      ['8', ''],
      ['', ''],
    ],
    answer: 'not_its',
  },
  'put-identity': {
    found: { email: 'a@b.c', 'identity:it': '{"name":"old","email":"old@b.c"}' },
    owner: [...identity, '{"name":"old","email":"old@b.c"}'],
    leaves: { email: 'a@b.c', 'identity:it': '{"name":"new","email":"new@b.c"}' },
    strangers: [
      [...identity, '{"name":"older","email":"old@b.c"}'],
      [...identity, ''],
    ],
    answer: 'changed',
  },
  'hold-address': { found: '7', owner: ['7'], strangers: [['8'], ['77']], answer: 'taken' },
  'make-reset-link': {
    found: signIn,
    owner: ['7', 'h', '9', 'mail'],
    strangers: [['8', 'h', '9', 'mail']],
    answer: 'unknown',
  },
  'make-account-link': {
    found: {},
    owner: [],
    strangers: [['link:verify', 'h', '9', 'a@b.c']],
    answer: 'unknown',
  },
  'move-to-email': {
    found: link,
    owner: ['link:verify', 'hash', 'a@b.c', 'new@b.c', 'a@b.c'],
    leaves: { email: 'new@b.c', verified_email: 'new@b.c', moved_from: 'a@b.c' },
    strangers: [
      ['link:verify', 'other', 'a@b.c', 'new@b.c', 'a@b.c'],
      ['link:address', 'hash', 'a@b.c', 'new@b.c', 'a@b.c'],
      ['link:verify', 'hash', 'x@b.c', 'new@b.c', 'x@b.c'],
    ],
    over: [
      { ...link, 'link:verify': `hash ${agoMs} new@b.c` },
      { ...link, pending_email: 'x@b.c' },
      { email: 'a@b.c', pending_email: 'new@b.c' },
    ],
    answer: 'bad',
  },
  'take-over': {
    found: { email: 'a@b.c', epoch: '1', sessions_epoch: '1' },
    owner: ['a@b.c', 'a@b.c', '', '', ''],
    strangers: [['x@b.c', 'x@b.c', '', '', '']],
    over: [
      { email: 'a@b.c', verified_email: 'a@b.c' },
      { email: 'a@b.c', blocked: '1' },
    ],
    answer: 'refused',
  },
  'verify-email': {
    found: { email: 'a@b.c' },
    owner: ['a@b.c', 'a@b.c'],
    leaves: { email: 'a@b.c', verified_email: 'a@b.c' },
    strangers: [['x@b.c', 'x@b.c']],
    over: [{ first_name: 'A' }],
    answer: 'not_its',
  },
  'remove-password': {
    found: signIn,
    owner: ['7'],
    leaves: { user_id: '7', password_hash: '' },
    strangers: [['8'], ['']],
    over: [{ ...signIn, left: '1' }],
    answer: 'not_its',
  },
  'give-back-password': {
    found: { user_id: '7', password_hash: '' },
    owner: ['7', 'x'],
    leaves: { user_id: '7', password_hash: 'x' },
    strangers: [
      ['8', 'x'],
      ['', 'x'],
    ],
    over: [
      { user_id: '7', password_hash: 'newer' },
      { user_id: '7', password_hash: '', left: '1' },
      { password_hash: '' },
    ],
    answer: 'not_its',
  },
  'remove-sign-in': {
    found: signIn,
    owner: ['7'],
    leaves: null,
    strangers: [['8'], ['']],
    answer: 'not_its',
  },
  'reserve-email': {
    found: signIn,
    owner: [],
    strangers: [
      ['8', 'x', '60'],
      ['7', 'x', '60'],
    ],
    answer: 'taken',
  },
  'use-account-link': {
    found: link,
    owner: ['link:verify', 'hash', '1'],
    leaves: { email: 'a@b.c', pending_email: 'new@b.c' },
    strangers: [
      ['link:verify', 'other', '1'],
      ['link:verify', '', '1'],
      ['link:address', 'hash', '1'],
    ],
    over: [{ ...link, 'link:verify': `hash ${agoMs} new@b.c` }],
    answer: 'bad',
  },
  'use-reset-link': {
    found: signIn,
    owner: ['7', 'hash', 'new'],
    leaves: { user_id: '7', password_hash: 'new' },
    strangers: [
      ['8', 'hash', 'new'],
      ['7', 'other', 'new'],
      ['7', '', 'new'],
    ],
    over: [
      { ...signIn, link_until: agoMs },
      { user_id: '7', password_hash: 'old', link_hash: 'hash' },
      { ...signIn, left: '1' },
    ],
    answer: 'bad',
  },
  'end-record': {
    found: { state: 'active', user_id: '7' },
    owner: ['7', 'revoked', '1000'],
    strangers: [
      ['8', 'revoked', '1000'],
      ['', 'revoked', '1000'],
    ],
    answer: 'unknown',
  },
  complete: { found: leased, owner: ['mine'], strangers: [['other'], ['']], answer: 'lost' },
  release: { found: leased, owner: ['mine'], strangers: [['other'], ['']], answer: 'lost' },
  redeem: {
    found: issued,
    owner: ['hash', 'wait', 'i', 'lease', '1000', 'cli', '', ''],
    strangers: [
      ['other', 'wait', 'i', 'lease', '1000', 'cli', 'thumb', ''],
      ['hash', 'wait', 'i', 'lease', '1000', 'other', 'thumb', ''],
      ['hash', 'poll', '', 'lease', '1000', '', 'thumb', ''],
    ],
    answer: 'unknown',
  },
  'watch-page': {
    found: issued,
    owner: ['7', 'i'],
    strangers: [
      ['8', 'i'],
      ['', 'i'],
    ],
    answer: 'unknown',
  },
  withdraw: {
    found: { state: 'approved', account_epoch: '5', wrapped_key: 'key' },
    owner: ['5'],
    leaves: { state: 'denied', account_epoch: '5' },
    strangers: [['6'], ['']],
    answer: 'refused',
  },
  approve: {
    found: { ...issued, state: 'approved' },
    owner: [],
    strangers: [['8', '', 'account', '', '', '5', '9']],
    answer: 'decided',
  },
  deny: {
    found: { ...issued, state: 'approved' },
    owner: [],
    strangers: [
      ['8', '', '9'],
      ['7', '', '9'],
    ],
    answer: 'decided',
  },
  'change-field': {
    found: { email: 'a@b.c', factors: 'some', sessions_epoch: '5' },
    owner: ['factors', 'some', '5', '1', 'factors', 'others', 'second_factor', '1'],
    strangers: [
      ['factors', 'other', '5', '1', 'factors', 'others'],
      ['factors', '', '5', '1', 'factors', 'others'],
    ],
    answer: 'changed_meanwhile',
  },
  'put-back': {
    found: { email: 'a@b.c', undos: 'some', factors: 'now' },
    owner: ['some', 'then', '', '1', 'hash'],
    strangers: [
      ['other', 'then', '', '1', 'hash'],
      ['', 'then', '', '1', 'hash'],
    ],
    answer: 'changed_meanwhile',
  },
  'release-subject': { found: '7', owner: ['7'], leaves: null, strangers: [['8'], ['']], answer: 'not_its' },
  'begin-epoch': {
    found: { email: 'a@b.c', epoch: '1', sessions_epoch: '5' },
    owner: ['', '5', 'sessions_epoch'],
    strangers: [
      ['', '6', 'sessions_epoch'],
      ['1', '6', 'epoch'],
    ],
    over: [{ epoch: '1', sessions_epoch: '5' }],
    answer: 'unknown',
  },
  'create-records': {
    found: { epoch: '5', 'identity:it': '{}' },
    owner: ['account', 'epoch', '5', 'identity:it'],
    leaves: { epoch: '5', 'identity:it': '{}' },
    strangers: [
      ['account', 'epoch', '6', 'identity:it'],
      ['account', 'epoch', '', 'identity:it'],
      ['account', 'epoch', '5', 'identity:other'],
    ],
    answer: 'ended',
  },
};

/** Scripts that have no owner to look for: why. */
export const withoutOwner: Readonly<Record<string, string>> = {
  start: 'makes a login of its own',
  abort: 'the issuer alone, for an account that is gone: races.test.ts',
  settle: 'the issuer alone, once: races.test.ts',
  'settle-mint': 'the issuer alone, for a request whose secret opens the answer: mint-requests.test.ts',
  'withdraw-mint':
    'whoever asked takes back its own request, by an id that nobody else has: mint-requests.test.ts',
  'begin-refresh': 'ends a grant whose token was copied: refresh-family.test.ts',
  'settle-refresh': 'runs after begin-refresh: stored-refreshes.test.ts',
  'note-use': 'the record was recognised as the caller’s: recognised-tokens.test.ts',
  'activate-key': 'an operator: signing-keys.test.ts',
  'retire-key': 'an operator: signing-keys.test.ts',
  'publish-keys': 'an issuer: signing-keys.test.ts',
  'set-field': 'an account that the caller read: account-store.test.ts',
  'remove-identity': 'a field of the caller’s own account: strangers-stores.test.ts',
  'move-session': 'a session whose token the caller has: browser-sessions.test.ts',
  'open-session': 'the index of an account that signed in: browser-sessions.test.ts',
  'reserve-account': 'takes an id that nobody has: account-ids.test.ts',
  'note-deletion': 'notes a deletion that the caller begins: account-deletion.test.ts',
  'mark-deletion': 'an account that the caller is deleting: account-deletion.test.ts',
  'take-deletion': 'finishes what somebody else began: account-deletion.test.ts',
  'admit-event': 'counts an event of its own: limits.test.ts',
  'admit-guess': 'counts a guess of its own',
  'settle-guess': 'settles a guess of its own: wrong-guesses.test.ts',
  append: 'the log is nobody’s: audit-log.test.ts',
  note: 'the log is nobody’s: audit-log.test.ts',
  batch: 'runs another script: batched-scripts.test.ts',
  join: 'a process tells of itself: joining.test.ts',
  mark: 'an empty text: replicas.test.ts',
  'missing-commands': 'looks at nothing that is anybody’s: redis-start.test.ts',
};
