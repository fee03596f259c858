import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LoadError } from '../load-error.ts';
import type { LoadResult } from '../measuring/load-result.ts';
import { reportContent, reportPage, titleOf } from '../report/html-report.ts';

/** How often a page that someone looks at gets a new frame. */
const frameMs = 1_000;

/** After the last frame, a page that does not take it keeps nobody waiting. */
const lastFrameLimitMs = 2_000;

/** Puts each frame in place of the last one. The server's `end` says that no other follows. */
const script = `
const frames = new EventSource('/frames');
frames.addEventListener('frame', ({ data }) => { document.querySelector('main').innerHTML = JSON.parse(data); });
frames.addEventListener('end', () => frames.close());
`;
const scriptHash = createHash('sha256').update(script).digest('base64');
const headers = {
  'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  // So that the server can end with the run.
  connection: 'close',
  'x-content-type-options': 'nosniff',
};

/** The report of a run that goes on, on a port of this machine that no other can reach. Its last frame is the report. */
export class LivePage {
  readonly url: string;
  readonly #server: Server;
  readonly #viewers = new Set<ServerResponse>();
  readonly #earlier: LoadResult | null;
  #latest: (() => LoadResult) | null = null;
  #shownMs = 0;

  private constructor(server: Server, port: number, earlier: LoadResult | null) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
    this.#earlier = earlier;
    server.on('request', (request, response) => this.#answer(request, response));
  }

  /** Listens on the port; 0 for a free one. Throws LoadError when another program has it. */
  static async open(port: number, earlier: LoadResult | null): Promise<LivePage> {
    const server = createServer();
    const listening = Promise.withResolvers<void>();
    server.once('error', listening.reject).listen(port, '127.0.0.1', listening.resolve);
    await listening.promise.catch((error: NodeJS.ErrnoException) => {
      throw new LoadError(`--live: port ${port} cannot be used (${error.code ?? error.message}).`);
    });
    const address = server.address();
    return new LivePage(server, typeof address === 'object' && address ? address.port : port, earlier);
  }

  /** A frame, for those who look. `result` is called only if somebody does. */
  show(result: () => LoadResult): void {
    this.#latest = result;
    if (this.#viewers.size === 0 || performance.now() - this.#shownMs < frameMs) return;
    this.#shownMs = performance.now();
    this.#send(result());
  }

  /** Shows the result as the last frame, and closes. */
  async end(result: LoadResult | null): Promise<void> {
    if (result !== null) this.#send(result);
    for (const viewer of this.#viewers) viewer.end('event: end\ndata: 0\n\n');
    const closed = new Promise((resolve) => this.#server.close(resolve));
    const late = setTimeout(() => this.#server.closeAllConnections(), lastFrameLimitMs);
    this.#server.closeIdleConnections();
    await closed;
    clearTimeout(late);
  }

  #send(result: LoadResult): void {
    const frame = `event: frame\ndata: ${JSON.stringify(reportContent(result, this.#earlier))}\n\n`;
    for (const viewer of this.#viewers) viewer.write(frame);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // A page of another site whose name leads here would send that name.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
      response.writeHead(421, headers).end();
    } else if (request.method !== 'GET') {
      response.writeHead(405, headers).end();
    } else if (request.url === '/') {
      this.#page(response);
    } else if (request.url === '/frames') {
      this.#follow(response);
    } else {
      response.writeHead(404, headers).end();
    }
  }

  #page(response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' });
    const result = this.#latest?.() ?? null;
    const content =
      result === null ? '<p>The run is being prepared.</p>' : reportContent(result, this.#earlier);
    const title = result === null ? 'Load test' : titleOf(result);
    response.end(reportPage(title, content, `<script type="module">${script}</script>`));
  }

  #follow(response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' }).flushHeaders();
    this.#viewers.add(response);
    response.on('close', () => this.#viewers.delete(response));
    // At once, also when the server has none newer.
    if (this.#latest !== null) {
      const frame = JSON.stringify(reportContent(this.#latest(), this.#earlier));
      response.write(`event: frame\ndata: ${frame}\n\n`);
    }
  }
}
