import { z } from 'zod';
import type { Operation } from '../http/call.ts';
import { formBoolean, parseBody, shownName, text } from '../http/parse-body.ts';
import type { Routes } from '../http/routes.ts';
import type { BrowserSessions } from '../people/browser-sessions.ts';
import { jsonFormat } from '../http/wire-format.ts';
import { collect, type CollectDeps, preferredWaitSeconds } from './collect.ts';
import { approveLogin, type DecideDeps, denyLogin } from './decide-calls.ts';
import { followLogin, type FollowDeps } from './follow.ts';
import { startLogin, type StartDeps } from './start.ts';

export interface JsonApiDeps extends StartDeps, CollectDeps, DecideDeps, FollowDeps {
  readonly sessions: BrowserSessions;
  readonly longPollDefaultSeconds: number;
  readonly longPollMaxSeconds: number;
}

/** Mounts the JSON API's calls of a login. */
export function mountJsonApi(routes: Routes, deps: JsonApiDeps): void {
  routes.call('/api/auth/device/token', collectCredentials(deps), jsonFormat);
  routes.call('/api/auth/device', start(deps), jsonFormat);
  routes.call('/api/auth/device/approve', approveLogin(deps), jsonFormat);
  routes.call('/api/auth/device/deny', denyLogin(deps), jsonFormat);
  routes.router.get('/api/auth/device/status', followLogin(deps));
}

const startInput = z.object({ client_name: shownName.default('') });

/** `POST /api/auth/device/`: starts a login and returns its codes. (RFC 8628 §3.1, §3.2) */
function start(deps: StartDeps): Operation {
  return async (call, body) => {
    const { client_name: clientName } = parseBody(startInput, body);
    await startLogin(deps, call, { clientName });
  };
}

const collectInput = z.object({ device_code: text(1, 512), wait: formBoolean.default(false) });

/**
 * `POST /api/auth/device/token/`: the credentials, once, or the state of the login. With `wait` the request is held until the login
 * is settled; `Prefer: wait=N` (RFC 7240 §4.3) asks for another time, up to the server's limit. (RFC 8628 §3.4, §3.5)
 */
function collectCredentials(deps: JsonApiDeps): Operation {
  const { longPollMaxSeconds } = deps;
  const defaultSeconds = Math.min(deps.longPollDefaultSeconds, longPollMaxSeconds);
  return async (call, body) => {
    const { device_code: deviceCode, wait } = parseBody(collectInput, body);
    const waitSeconds = wait ? (preferredWaitSeconds(call, longPollMaxSeconds) ?? defaultSeconds) : undefined;
    await collect(deps, call, { deviceCode, waitSeconds });
  };
}
