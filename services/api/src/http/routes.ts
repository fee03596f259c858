import { Router } from '@koa/router';
import { type Operation, routed } from './call.ts';
import type { QuickCall } from './quick-calls.ts';
import type { RequestState } from './request-state.ts';
import type { WireFormat } from './wire-format.ts';

/** The routes of all features. A trailing slash is optional everywhere. */
export class Routes {
  readonly router = new Router<RequestState>();
  /** The calls that the application's first step serves if their body is plain, by path. */
  readonly quickCalls = new Map<string, QuickCall>();

  /** Mounts a `POST` call of programs: in the first step for plain bodies, in the router for all others. */
  call(path: string, serve: Operation, format: WireFormat): void {
    this.quickCalls.set(path, { serve, format });
    this.quickCalls.set(`${path}/`, { serve, format });
    this.router.post(path, format.readBody, routed(serve));
  }
}
