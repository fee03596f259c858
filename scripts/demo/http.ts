/** An answer of the service: its JSON body is yet to be looked at. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends JSON and reads JSON. Rejects when the connection fails; an answer that is not JSON has an empty body. */
export async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parseObject(text) };
}

/** What a failed answer says for humans. */
export function explanation({ status, body }: Answer): string {
  const said = body['error_description'] ?? body['detail'];
  return typeof said === 'string' ? said : `The service answered ${status}.`;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
