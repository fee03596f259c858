/** An answer that a test gives in the place of a server. */
export type Answer = () => Response;

export const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  () =>
    Response.json(body, { status, headers });

/** The server is away for seven seconds. */
export const away = json(503, {}, { 'retry-after': '7' });

/** The connection breaks off before an answer. */
export const lost: Answer = () => {
  throw new Error('cut');
};
