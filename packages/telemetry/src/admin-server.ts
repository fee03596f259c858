import { createServer, type Server } from 'node:http';
import { Gauge, type Registry } from 'prom-client';

export interface HealthProbe {
  /** False once the process cannot recover by itself and should be restarted. */
  alive(): boolean;
  /** Null if it can serve; otherwise the reason, in one sentence. */
  unreadyReason(): Promise<string | null>;
}

export interface ListenAddress {
  readonly port: number;
  /** An address of this machine; null for all. */
  readonly address: string | null;
}

/** Connections to the admin port: their files stay free, however many there are on the public port. */
const maxConnections = 64;

/** Tells by a metric what `/readyz` says: a process that waits, as for others with another setting, is seen where nobody asks it. */
function measureReadiness(probe: HealthProbe, registry: Registry): void {
  const ready: Gauge = new Gauge({
    name: 'ravi_ready',
    help: '1 while this process serves; 0 while /readyz says why it does not.',
    registers: [registry],
    collect: async () => ready.set((await probe.unreadyReason().catch(() => '')) === null ? 1 : 0),
  });
}

/**
 * Serves `/livez`, `/readyz` and `/metrics` on the admin port, apart from the public one: 200 if healthy, else 503
 * with the reason in `detail`. Resolves when it listens; rejects with a sentence if it cannot listen there.
 */
export async function startAdminServer(
  { port, address }: ListenAddress,
  probe: HealthProbe,
  registry: Registry,
): Promise<Server> {
  measureReadiness(probe, registry);
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, type = 'application/json') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const ask = async (): Promise<void> => {
      switch (request.url) {
        case '/livez':
          return probe.alive()
            ? answer(200, '{"status":"ok"}')
            : answer(503, '{"detail":"Restart this process."}');
        case '/readyz': {
          const reason = await probe.unreadyReason();
          return reason === null
            ? answer(200, '{"status":"ok"}')
            : answer(503, JSON.stringify({ detail: reason }));
        }
        case '/metrics':
          return answer(200, await registry.metrics(), registry.contentType);
        default:
          return answer(404, '{"detail":"Try /livez, /readyz or /metrics."}');
      }
    };
    ask().catch(() => answer(500, '{"detail":"The probe failed."}'));
  });
  server.maxConnections = maxConnections;
  const listening = Promise.withResolvers<void>();
  const fail = (error: NodeJS.ErrnoException) =>
    listening.reject(
      error.code === 'EADDRINUSE'
        ? new Error(`Port ${port} is taken; set ADMIN_PORT to another one, each process its own.`)
        : error.code === 'EADDRNOTAVAIL'
          ? new Error(`ADMIN_BIND_ADDRESS: ${address} is no address of this machine.`)
          : error,
    );
  server.once('error', fail);
  server.listen({ port, ...(address === null ? {} : { host: address }) }, listening.resolve);
  await listening.promise;
  server.off('error', fail);
  // A connection that the system does not hand over, as where it lacks memory: the next probe has another.
  server.on('error', () => undefined);
  return server;
}
