import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '@ravi/telemetry';
import { addressOf } from '../client-address.ts';
import { commonFields, newRequestId } from '../common-fields.ts';
import { logProblem, problemAnswer } from '../problem-answer.ts';
import type { DeviceOperation } from './device-call.ts';
import { isPlainJson, readPlainJson } from './plain-json.ts';
import { Reply } from './reply.ts';

/** What the front needs. */
export interface DeviceFrontDeps {
  readonly start: DeviceOperation;
  readonly redeem: DeviceOperation;
  readonly approve: DeviceOperation;
  readonly deny: DeviceOperation;
  readonly publicUrl: string;
  readonly trustedProxyHops: number;
  readonly logger: Logger;
}

/**
 * Serves the calls of a login, in the form in which nearly all of them come, without the framework: half the CPU, and a
 * held request keeps nothing of it. Every other request goes on to `others`, which serves the same operations in every form.
 */
export function deviceFront(deps: DeviceFrontDeps, others: RequestListener): RequestListener {
  const operations = new Map<string | undefined, DeviceOperation>([
    ['/api/auth/device', deps.start],
    ['/api/auth/device/', deps.start],
    ['/api/auth/device/token', deps.redeem],
    ['/api/auth/device/token/', deps.redeem],
    ['/api/auth/device/approve', deps.approve],
    ['/api/auth/device/approve/', deps.approve],
    ['/api/auth/device/deny', deps.deny],
    ['/api/auth/device/deny/', deps.deny],
  ]);
  return (request, response) => {
    const operation = request.method === 'POST' ? operations.get(request.url) : undefined;
    if (operation && isPlainJson(request.headers)) void serve(deps, operation, request, response);
    else others(request, response);
  };
}

async function serve(
  { publicUrl, trustedProxyHops, logger }: DeviceFrontDeps,
  operation: DeviceOperation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = newRequestId();
  const reply = new Reply(response, commonFields(requestId, publicUrl).flat());
  try {
    const body = await readPlainJson(request);
    const address = addressOf(request, trustedProxyHops);
    await operation({ requestId, address, headers: request.headers, reply }, body);
  } catch (error) {
    const { status, headers, body } = problemAnswer(logProblem(error, requestId, logger), requestId);
    // `no-store` is on every reply.
    const { 'cache-control': _, ...fields } = headers;
    reply.send(status, JSON.stringify(body), ...Object.entries(fields).flat());
  }
}
