/** How to reach the authorization server. */
export interface Reach {
  readonly fetch: typeof fetch;
  /** Maximum time for a whole answer. */
  readonly timeoutMs: number;
}

/** The request; GET by default. */
export interface Question {
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
}

/** Maximum size of an answer: our JWKS is under 1 KB. */
const maxBytes = 64 * 1024;

/**
 * Fetches a JSON object. Never follows a redirect, and reads a bounded answer in bounded time. Throws an Error, whose message
 * names the address and the problem, and never the request.
 */
export async function fetchJson(
  reach: Reach,
  url: string,
  init: Question = {},
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const response = await reach.fetch(url, {
      ...init,
      redirect: 'error',
      headers: { accept: 'application/json', ...init.headers },
      signal: AbortSignal.timeout(reach.timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`it answered ${response.status}`);
    }
    const parsed: unknown = JSON.parse(await readBounded(response));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw new Error('its answer is no JSON object');
    }
    return parsed as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new Error(`${url} cannot be used: ${reasonOf(cause)}`, { cause });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    if (length > maxBytes) throw new Error(`its answer is longer than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The innermost reason: fetch wraps it in "fetch failed". */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown reason';
  const { message, cause } = error as Partial<Error>;
  return cause === undefined ? (message ?? 'unknown reason') : reasonOf(cause);
}
