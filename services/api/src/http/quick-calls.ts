import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '@ravi/telemetry';
import { addressOf } from './client-address.ts';
import { commonFields, newRequestId } from './common-headers.ts';
import { logProblem, problemAnswer } from './problem-answer.ts';
import type { DeviceOperation } from './call.ts';
import type { HttpSide } from './detachable-connection.ts';
import { isPlainJson, parsePlainJson, readPlainJson } from './plain-json.ts';
import { learnToRepeat } from './repeated-call.ts';
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

/** Who calls, as the head of a request tells. */
interface Caller {
  readonly operation: DeviceOperation;
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Serves the calls of a login, in the form in which nearly all of them come, without the framework: half the CPU, and a
 * held request keeps nothing of it. Every other request goes on to `others`, which serves the same operations in every form.
 */
export class DeviceFront {
  readonly #deps: DeviceFrontDeps;
  readonly #operations: ReadonlyMap<string | undefined, DeviceOperation>;
  /** Calls under way that the server does not know of. */
  readonly #unseen = new Set<Promise<void>>();
  #closed = false;

  constructor(deps: DeviceFrontDeps) {
    this.#deps = deps;
    this.#operations = new Map([
      ['/api/auth/device', deps.start],
      ['/api/auth/device/', deps.start],
      ['/api/auth/device/token', deps.redeem],
      ['/api/auth/device/token/', deps.redeem],
      ['/api/auth/device/approve', deps.approve],
      ['/api/auth/device/approve/', deps.approve],
      ['/api/auth/device/deny', deps.deny],
      ['/api/auth/device/deny/', deps.deny],
    ]);
  }

  /** What the HTTP server calls for each request. */
  before(others: RequestListener): RequestListener {
    return (request, response) => {
      const operation = request.method === 'POST' ? this.#operations.get(request.url) : undefined;
      if (operation && isPlainJson(request.headers)) this.#answer(operation, request, response);
      else others(request, response);
    };
  }

  /** Leaves every request to the server from now on; resolves when it may close connections that it takes for idle. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#unseen.size > 0) await Promise.all(this.#unseen);
  }

  #answer(operation: DeviceOperation, request: IncomingMessage, response: ServerResponse): void {
    const { headers } = request;
    const caller = { operation, headers, address: addressOf(request, this.#deps.trustedProxyHops) };
    learnToRepeat(request, response, (side, body) => this.#answerRepeated(caller, side, body));
    void this.#serve(caller, response, () => readPlainJson(request));
  }

  #answerRepeated(caller: Caller, side: HttpSide, body: Buffer): boolean {
    if (this.#closed) return false;
    const served = this.#serve(caller, side, () => parsePlainJson(body));
    this.#unseen.add(served);
    void served.finally(() => this.#unseen.delete(served));
    return true;
  }

  async #serve(
    { operation, address, headers }: Caller,
    to: ServerResponse | HttpSide,
    readBody: () => unknown,
  ): Promise<void> {
    const { publicUrl, logger } = this.#deps;
    const requestId = newRequestId();
    const reply = new Reply(to, commonFields(requestId, publicUrl).flat());
    try {
      await operation({ requestId, address, headers, reply }, await readBody());
    } catch (error) {
      const { status, headers: named, body } = problemAnswer(logProblem(error, requestId, logger), requestId);
      // `no-store` is on every reply.
      const { 'cache-control': _, ...fields } = named;
      reply.send(status, JSON.stringify(body), ...Object.entries(fields).flat());
    }
  }
}
