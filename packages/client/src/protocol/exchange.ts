import { safeText } from '../safe-text.ts';

/** A JSON object that is not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The means to reach a server. */
export interface Reach {
  readonly fetch: typeof fetch;
  /** Aborted: the caller needs no answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** A request: a POST, or a GET if it has no body. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: object;
  readonly form?: Readonly<Record<string, string>>;
  /** Longest wait for the whole answer. */
  readonly timeoutMs: number;
}

/** An answer; `body` is null where it is no JSON object. */
export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject | null;
}

/** No answer, and why, in words. */
export interface Lost {
  readonly kind: 'lost';
  readonly reason: string;
}

/** Longest answer that is read: those of logins have a few kilobytes. */
const maxBytes = 256 * 1024;

/** Asks a server once. Never rejects and follows no redirect; what it says of a failure holds nothing that was sent. */
export async function exchange(reach: Reach, url: string, sent: Sent): Promise<Answered | Lost> {
  const limit = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    limit.abort();
  }, sent.timeoutMs);
  const abort = (): void => limit.abort();
  reach.signal?.addEventListener('abort', abort);
  if (reach.signal?.aborted) abort();
  try {
    const response = await reach.fetch(url, {
      ...bodyOf(sent),
      redirect: 'manual',
      signal: limit.signal,
    });
    const { status, headers } = response;
    return { kind: 'answered', status, headers, body: parseObject(await readText(response)) };
  } catch (error) {
    const seconds = Math.round(sent.timeoutMs / 1_000);
    return { kind: 'lost', reason: timedOut ? `no answer within ${seconds} s` : reasonOf(error) };
  } finally {
    clearTimeout(timer);
    reach.signal?.removeEventListener('abort', abort);
  }
}

/** The server's `Retry-After` in milliseconds; null if there is none. (RFC 9110 §10.2.3) */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  // A date is by the server's clock, which its `Date` tells: ours may be off.
  const sentAtMs = Date.parse(headers.get('date') ?? '');
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - (sentAtMs || nowMs);
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function bodyOf({ headers, json, form }: Sent): RequestInit {
  const accept = { accept: 'application/json', ...headers };
  if (json) {
    const type = { 'content-type': 'application/json' };
    return { method: 'POST', headers: { ...accept, ...type }, body: JSON.stringify(json) };
  }
  if (form) return { method: 'POST', headers: accept, body: new URLSearchParams(form) };
  return { method: 'GET', headers: accept };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  // Not every platform's stream can be iterated.
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.byteLength;
    if (length > maxBytes) {
      await reader?.cancel();
      throw new Error('the answer is too long');
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

const untrusted =
  'this machine does not trust its certificate; NODE_EXTRA_CA_CERTS can name a file with an authority to trust';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'names cannot be looked up: is there a network?',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'there is no way to it',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'it does not take connections',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** The innermost reason: fetch hides it behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'no connection';
  const {
    cause,
    code,
    message,
    errors,
  }: { cause?: unknown; code?: unknown; message?: unknown; errors?: unknown } = error;
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  if (cause !== undefined) return reasonOf(cause);
  const known = typeof code === 'string' ? reasons[code] : undefined;
  if (known !== undefined) return `${known} (${String(code)})`;
  return typeof message === 'string' ? safeText(message) : 'no connection';
}
