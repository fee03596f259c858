import { replyWords, UnexpectedReply } from '@ravi/redis';
import { NewerFormat, requireKnownFormat } from '@ravi/runtime';
import type {
  Abortion,
  ApprovalDecision,
  ApprovedLogin,
  Decision,
  LoginSummary,
  Progress,
  Redemption,
  Settlement,
  Withdrawal,
} from './outcomes.ts';

const orNull = (word: string | undefined) => (word === undefined || word === '' ? null : word);

/** Whether the login was created; false when its id is taken. */
export function decodeStart(reply: unknown): boolean {
  const [word] = replyWords(reply);
  if (word === 'started') return true;
  if (word === 'taken') return false;
  throw new UnexpectedReply(word);
}

export function decodeRedemption(reply: unknown): Redemption {
  const [word, first = '', second = '', third = ''] = replyWords(reply);
  switch (word) {
    case 'unknown':
    case 'expired':
    case 'denied':
    case 'aborted':
    case 'redeemed':
      return { kind: word };
    case 'other_resource':
      return { kind: 'otherResource' };
    case 'pending':
      return { kind: 'pending', otherWaiter: orNull(first) };
    case 'slow_down':
      return { kind: 'slowDown', intervalSeconds: Math.ceil(Number(first) / 1000) };
    case 'approved':
      return {
        kind: 'approved',
        otherWaiter: orNull(first),
        approvedForMs: Number(second),
        startedAtMs: Number(third),
      };
    case 'leased':
      return { kind: 'leased', otherWaiter: orNull(first), remainingMs: Number(second) };
    case 'issued':
      return { kind: 'issued', sealed: first, approvedForMs: Number(second) };
    default:
      throw new UnexpectedReply(word);
  }
}

/** Reads approve's reply. Throws `NewerFormat`. */
export function decodeApproval(reply: unknown): ApprovalDecision {
  return replyWords(reply)[0] === 'identity_only' ? { kind: 'identityOnly' } : decodeDecision(reply);
}

/** Reads deny's reply. Throws `NewerFormat`. */
export function decodeDecision(reply: unknown): Decision {
  const [word, detail] = replyWords(reply);
  switch (word) {
    case 'approved':
    case 'approved_before':
      return { kind: 'approved', startedAtMs: Number(detail), again: word === 'approved_before' };
    case 'denied':
    case 'denied_before':
      return { kind: 'denied', waiter: orNull(detail), again: word === 'denied_before' };
    case 'decided':
      return { kind: 'decided', state: detail === 'denied' ? 'denied' : 'approved' };
    case 'expired':
    case 'unknown':
      return { kind: word };
    case 'newer':
      throw new NewerFormat('A login', Number(detail));
    default:
      throw new UnexpectedReply(word);
  }
}

export function decodeSettlement(reply: unknown): Settlement {
  const [word, waiter] = replyWords(reply);
  switch (word) {
    case 'issued':
    case 'issued_before':
      return { kind: 'issued', waiter: orNull(waiter), again: word === 'issued_before' };
    case 'refused':
      return { kind: 'refused' };
    default:
      throw new UnexpectedReply(word);
  }
}

/** The instances to tell of a completed login, each once. */
export function decodeCompletion(reply: unknown): readonly string[] {
  const [word, waiter, watchers] = replyWords(reply);
  if (word === 'lost') return [];
  if (word !== 'redeemed') throw new UnexpectedReply(word);
  return eachOnce(waiter, watchers);
}

/** The instance of a program and those of the approver's pages, each once. */
function eachOnce(waiter = '', watchers = ''): readonly string[] {
  return [...new Set([waiter, ...watchers.split(' ')])].filter((instance) => instance !== '');
}

export function decodeProgress(reply: unknown): Progress {
  const [word] = replyWords(reply);
  switch (word) {
    case 'unknown':
    case 'waiting':
    case 'collected':
    case 'denied':
    case 'aborted':
      return word;
    default:
      throw new UnexpectedReply(word);
  }
}

/** Whether the login was aborted, and the instances to wake. */
export function decodeAbort(reply: unknown): Abortion {
  const [word, waiter, watchers] = replyWords(reply);
  if (word === 'refused') return { kind: 'refused' };
  if (word !== 'aborted') throw new UnexpectedReply(word);
  return { kind: 'aborted', waiters: eachOnce(waiter, watchers) };
}

export function decodeWithdrawal(reply: unknown): Withdrawal {
  const [word, waiter, watchers] = replyWords(reply);
  if (word === 'refused') return { kind: 'refused' };
  if (word !== 'withdrawn') throw new UnexpectedReply(word);
  return { kind: 'withdrawn', waiters: eachOnce(waiter, watchers) };
}

/** The instance to wake after `release`; null if the script changed nothing or no request waits. */
export function decodeWaiter(reply: unknown): string | null {
  const [word, waiter] = replyWords(reply);
  switch (word) {
    case 'released':
      return orNull(waiter);
    case 'lost':
      return null;
    default:
      throw new UnexpectedReply(word);
  }
}

const states = ['pending', 'approved', 'denied', 'aborted', 'issued', 'redeemed'] as const;

/** The fields of a login that its human sees, in the order that `decodeSummary` reads. */
export const summaryFields = [
  'state',
  'v',
  'client_name',
  'address',
  'user_agent',
  'started_at',
  'expires_at',
  'client_id',
  'scope',
  'resource',
  'country',
  'key_thumbprint',
  'user_id',
  'approved_at',
  'denied_at',
  'denied_for',
  'identity_uuid',
  'key_scope',
  'key_ttl',
] as const;

/** Reads these fields; null when there is no such login. Throws `NewerFormat`. */
export function decodeSummary(values: readonly (string | null)[], nowMs: number): LoginSummary | null {
  const field = (name: (typeof summaryFields)[number]) => values[summaryFields.indexOf(name)] ?? '';
  // First: a newer release may know more states.
  requireKnownFormat('A login', values[summaryFields.indexOf('v')]);
  const state = states.find((word) => word === field('state'));
  if (state === undefined) return null;
  const expiresAtMs = Number(field('expires_at'));
  return {
    state: state === 'pending' && nowMs >= expiresAtMs ? 'expired' : state,
    clientName: field('client_name'),
    address: field('address'),
    country: field('country'),
    userAgent: field('user_agent'),
    startedAtMs: Number(field('started_at')),
    expiresAtMs,
    clientId: field('client_id'),
    requestedScope: field('scope'),
    resource: field('resource'),
    keyThumbprint: field('key_thumbprint'),
    decision:
      state === 'pending'
        ? null
        : {
            userId: Number(field('user_id')),
            atMs:
              field('denied_at') === '' ? Number(field('approved_at')) / 1000 : Number(field('denied_at')),
            wrongNumber: field('denied_for') === 'wrong_number',
            identityUuid: field('identity_uuid'),
            keyScope: field('key_scope') === 'identity' ? 'identity' : 'account',
            keyTtlSeconds: field('key_ttl') === '' ? null : Number(field('key_ttl')),
          },
  };
}

/** The fields of a login that the issuer reads, in the order that `decodeApprovedLogin` reads. */
export const approvedLoginFields = [
  'state',
  'user_id',
  'identity_uuid',
  'wrapped_key',
  'device_hash',
  'client_name',
  'waiter',
  'address',
  'user_agent',
  'protocol',
  'client_id',
  'scope',
  'key_thumbprint',
  'key_scope',
  'key_ttl',
  'language',
  'approved_at',
  'account_epoch',
  'resource',
  'v',
] as const;

/** What a state is to the issuer. */
const issuanceStates: ReadonlyMap<string, ApprovedLogin['state']> = new Map([
  ['approved', 'approved'],
  ['issued', 'issued'],
  ['redeemed', 'issued'],
]);

/** Reads these fields; null when there is no such login. Throws `NewerFormat`. */
export function decodeApprovedLogin(fields: readonly (string | null)[]): ApprovedLogin | null {
  const [state, userId, identityUuid, wrappedKey, deviceCodeHash, clientName, waiter, ...granted] = fields;
  const [
    address,
    userAgent,
    protocol,
    clientId,
    requestedScope,
    keyThumbprint,
    keyScope,
    keyTtl,
    language,
    approvedAt,
    accountEpoch,
    resource,
    format,
  ] = granted;
  if (!state) return null;
  requireKnownFormat('A login', format);
  return {
    state: issuanceStates.get(state) ?? 'other',
    userId: Number(userId),
    identityUuid: identityUuid ?? '',
    wrappedKey: wrappedKey ?? '',
    deviceCodeHash: deviceCodeHash ?? '',
    clientName: clientName ?? '',
    address: address ?? '',
    userAgent: userAgent ?? '',
    protocol: protocol === 'oauth' ? 'oauth' : 'ravi',
    clientId: clientId ?? '',
    requestedScope: requestedScope ?? '',
    resource: resource ?? '',
    keyThumbprint: keyThumbprint ?? '',
    keyScope: keyScope === 'identity' ? 'identity' : 'account',
    keyTtlSeconds: keyTtl ? Number(keyTtl) : null,
    language: language ?? '',
    // Redis stores microseconds.
    approvedAtMs: Math.floor(Number(approvedAt) / 1000),
    accountEpoch: accountEpoch ?? '',
    waiter: waiter ?? null,
  };
}
