import { Counter, Histogram, type Registry } from '@ravi/telemetry';

/** The classes in which answers are counted. 429 and 503 are counted separately: they show load and outages. */
const statusClasses = ['2xx', '3xx', '4xx', '429', '5xx', '503'] as const;

/** The methods of routes. Any other, which a client may have invented, counts as `other`. */
const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** The route of a request that no route serves. */
const noRoute = 'none';

export interface KnownRoute {
  readonly route: string;
  readonly method: string;
}

/** Counts and times the requests of every route. */
export class RequestMetrics {
  readonly counter: Counter;
  readonly durations: Histogram;
  readonly holds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.counter = new Counter({
      name: 'ravi_http_requests_total',
      help: 'Requests answered, by route, method and class of status; 429 and 503 are classes of their own.',
      labelNames: ['route', 'method', 'status'],
      registers,
    });
    this.durations = new Histogram({
      name: 'ravi_http_request_seconds',
      help: 'Time from a request to its answer, by route and method; held token requests are not in it.',
      labelNames: ['route', 'method'],
      buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
      registers,
    });
    this.holds = new Histogram({
      name: 'ravi_http_held_seconds',
      help: 'Time for which token requests were held until their answer.',
      buckets: [0.1, 1, 5, 15, 30, 60, 120, 300],
      registers,
    });
    this.expect([...methods, 'other'].map((method) => ({ route: noRoute, method })));
  }

  /** Every series of these routes exists from now on. */
  expect(routes: readonly KnownRoute[]): void {
    for (const { route, method } of routes) {
      this.durations.zero({ route, method });
      for (const status of statusClasses) this.counter.inc({ route, method, status }, 0);
    }
  }

  begin(method: string | undefined, route = noRoute): RequestMeasure {
    return new RequestMeasure(this, method, route);
  }
}

export class RequestMeasure {
  readonly #metrics: RequestMetrics;
  readonly #method: string;
  readonly #beganMs = performance.now();
  /** Known once the router has found it. */
  route: string;

  constructor(metrics: RequestMetrics, method: string | undefined, route: string) {
    this.#metrics = metrics;
    this.#method = methodLabel(method);
    this.route = route;
  }

  /** Notes that it was answered. A token request that was held, as it asked, is timed in a histogram of its own. */
  answered(status: number, wasHeld = false): void {
    const { counter, durations, holds } = this.#metrics;
    const labels = { route: this.route, method: this.#method };
    const seconds = (performance.now() - this.#beganMs) / 1000;
    counter.inc({ ...labels, status: statusClass(status) });
    if (wasHeld) holds.observe(seconds);
    else durations.observe(labels, seconds);
  }
}

function methodLabel(method = ''): string {
  if (methods.has(method)) return method;
  return method === 'HEAD' ? 'GET' : 'other';
}

function statusClass(status: number): (typeof statusClasses)[number] {
  if (status === 429 || status === 503) return `${status}`;
  if (status >= 500) return '5xx';
  if (status >= 400) return '4xx';
  return status >= 300 ? '3xx' : '2xx';
}
