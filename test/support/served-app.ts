import type { Server } from 'node:http';
import { boundPort } from '@ravi/runtime';
import { type Logger, Registry } from '@ravi/telemetry';
import { createApp } from '../../services/api/src/app.ts';
import { createDetachableServer } from '../../services/api/src/http/detachable-connection.ts';
import type { Feature } from '../../services/api/src/http/feature.ts';
import { RequestMetrics } from '../../services/api/src/http/request-metrics.ts';
import { listen } from '../../services/api/src/http/server.ts';
import { lookOf } from '../../services/api/src/pages/look.ts';

/** The api's application with features of a test's own, at a port of this process: what the whole api does around its features. */
export interface ServedApp {
  readonly url: string;
  readonly server: Server;
  /** Each line of the log: its level, its words, its fields. */
  readonly lines: readonly { readonly level: string; readonly text: string; readonly fields: object }[];
  /** What was told as an outage of Redis. */
  readonly outages: readonly unknown[];
  /** The value of a series of requests, such as `route="/page",method="GET",status="2xx"`; undefined if there is none. */
  requests(labels: string): Promise<number | undefined>;
  close(): Promise<void>;
}

export async function serveApp(
  mount: Feature['mount'],
  { publicUrl = 'https://login.example', trustedProxyHops = 0 } = {},
): Promise<ServedApp> {
  const lines: { level: string; text: string; fields: object }[] = [];
  const outages: unknown[] = [];
  const at = (level: string) => (fields: object, text: string) => void lines.push({ level, text, fields });
  const registry = new Registry();
  const app = createApp(
    [{ mount }],
    { publicUrl, trustedProxyHops, look: lookOf() },
    {
      logger: {
        debug: at('debug'),
        info: at('info'),
        warn: at('warn'),
        error: at('error'),
      } as unknown as Logger,
      requests: new RequestMetrics(registry),
      onUnavailable: (error) => void outages.push(error),
    },
  );
  const server = createDetachableServer(app.callback());
  await listen(server, {
    port: 0,
    bindAddress: '127.0.0.1',
    keepAliveSeconds: 5,
    maxConnections: Number.POSITIVE_INFINITY,
  });
  return {
    url: `http://127.0.0.1:${boundPort(server)}`,
    server,
    lines,
    outages,
    async requests(labels) {
      const series = `ravi_http_requests_total{${labels}} `;
      const line = (await registry.metrics()).split('\n').find((one) => one.startsWith(series));
      return line === undefined ? undefined : Number(line.slice(series.length));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
