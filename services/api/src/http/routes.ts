import { METHODS } from 'node:http';
import { Router } from '@koa/router';
import { type Operation, routed } from './call.ts';
import type { QuickCall } from './quick-calls.ts';
import type { KnownRoute } from './request-metrics.ts';
import type { RequestState } from './request-state.ts';
import type { WireFormat } from './wire-format.ts';

/** The routes of all features. A trailing slash is optional everywhere. */
export class Routes {
  // Any method that Node reads is one: what no route serves is refused by its address, not by its method.
  readonly router = new Router<RequestState>({ methods: METHODS });
  /** The calls that the application's first step serves if their body is plain, by path. */
  readonly quickCalls = new Map<string, QuickCall>();

  /** Every route by its path and method. */
  get all(): readonly KnownRoute[] {
    return this.router.stack.flatMap(({ path, methods }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => ({ route: String(path), method })),
    );
  }

  /** Mounts a `POST` call of programs: in the first step for plain bodies, in the router for all others. */
  call(path: string, serve: Operation, format: WireFormat): void {
    this.quickCalls.set(path, { route: path, serve, format });
    this.quickCalls.set(`${path}/`, { route: path, serve, format });
    this.router.post(path, format.readBody, routed(serve));
  }
}
