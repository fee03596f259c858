/** An HTTP/1.1 request without the varying fields, which are inserted when it is sent. All of it is ASCII. */
export interface ClientRequest {
  /** The request line, with its end. */
  readonly line: string;
  /** The other fields, the empty line and the body. */
  readonly rest: string;
}

/** A request with this body; `fields` are whole lines, each with its end. */
export function post(path: string, fields: string, body: string): ClientRequest {
  return {
    line: `POST ${path} HTTP/1.1\r\n`,
    rest: `${fields}Content-Length: ${body.length}\r\n\r\n${body}`,
  };
}

/** A request without a body. */
export function get(path: string, fields: string): ClientRequest {
  return { line: `GET ${path} HTTP/1.1\r\n`, rest: `${fields}\r\n` };
}

/** The request text with these fields inserted. */
export function withFields({ line, rest }: ClientRequest, varying: string): string {
  return line + varying + rest;
}
