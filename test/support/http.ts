import { assertDocumented, isDocumentedHere } from './openapi.ts';

/** What a test sends. One of `json`, `form`, `multipart`, `raw` is the body. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly multipart?: FormData;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

/** What a test gets back. */
export interface Received<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON; undefined for a page. */
  readonly body: Body;
}

/** Sends a request, POST unless told otherwise, and checks the answer against `openapi.json`. Never follows redirects. */
export async function send<Body = Record<string, unknown>>(
  url: string,
  sent: Sent = {},
): Promise<Received<Body>> {
  const { method = 'POST', json, form, multipart, raw, signal } = sent;
  const headers = new Headers(sent.headers);
  let body: RequestInit['body'];
  if (json !== undefined) {
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    body = JSON.stringify(json);
  } else if (form !== undefined) {
    body = new URLSearchParams(form);
  } else {
    body = multipart ?? raw;
  }
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const parsed: unknown = isJson ? JSON.parse(text) : undefined;
  if (isDocumentedHere(url)) {
    assertDocumented({
      method,
      path: new URL(url).pathname,
      status: response.status,
      headers: response.headers,
      json: parsed,
    });
  }
  return { status: response.status, headers: response.headers, text, body: parsed as Body };
}
