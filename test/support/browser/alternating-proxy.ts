import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** A load balancer of a few lines: each request goes to the next api, so nothing can depend on which one answers. */
export interface AlternatingProxy {
  readonly url: string;
  /** Sends requests to these from now on. */
  serve(targets: readonly string[]): void;
  stop(): Promise<void>;
}

/**
 * Opens one on a free port, before there is anything behind it: the apis are told its address. It vouches for the
 * address in `X-Forwarded-For`, so that a test says where its browser is. `host` names this machine.
 */
export async function openProxy(host = '127.0.0.1'): Promise<AlternatingProxy> {
  const agent = new Agent({ keepAlive: true });
  let targets: readonly string[] = [];
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const target = targets[turn++ % targets.length];
    if (target === undefined) outgoing.writeHead(502).end();
    else forward(incoming, outgoing, target, agent);
  });
  // Otherwise a test that idles for five seconds may send on a connection that closes at that moment.
  server.keepAliveTimeout = 60_000;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://${host}:${port}`,
    serve: (urls) => (targets = urls),
    stop: async () => {
      agent.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, target: string, agent: Agent): void {
  const { method, url, headers } = incoming;
  const onward = request(new URL(url ?? '/', target), { method, headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
