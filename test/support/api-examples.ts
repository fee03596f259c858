import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send } from './http.ts';

/** One example of docs/api.md, or something that the human does between two of them. */
export type ApiExample =
  | {
      readonly kind: 'request';
      readonly title: string;
      readonly request: string;
      readonly status: number;
      readonly answer: string;
    }
  | { readonly kind: 'approval'; readonly title: string; readonly userCode: string };

const document = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
const pattern =
  /```http\n(?<request>.*?)```\s*```json (?<status>\d+)\n(?<answer>.*?)```|<!-- the human approves (?<userCode>\$\w+) -->/gs;

/** All examples, in their order. */
export const apiExamples = [...document.matchAll(pattern)].map(({ groups = {} }): ApiExample => {
  const { request = '', status = '', answer = '', userCode } = groups;
  return userCode === undefined
    ? {
        kind: 'request',
        title: `${request.split('\n')[0] ?? ''} → ${status}`,
        request,
        status: Number(status),
        answer,
      }
    : { kind: 'approval', title: 'the human approves', userCode };
});

/** The service that asks what a credential is good for; a deployment has it in `RESOURCE_SERVERS`. */
export const exampleResourceServer = { id: 'example', secret: 'a-secret-of-a-service-2hK9vQx7LmZpR4tW' };

/** An answer, and what it should have been. */
interface Outcome {
  readonly actual: object;
  readonly expected: object;
}

/** One run through the examples: what answers gave names to, later requests use. */
export class ExampleRun {
  readonly #url: string;
  readonly #approve: (userCode: string) => Promise<unknown>;
  readonly #named = new Map([['resource_server', basic(exampleResourceServer)]]);

  constructor(url: string, approve: (userCode: string) => Promise<unknown>) {
    this.#url = url;
    this.#approve = approve;
  }

  /** Sends the request of an example, or approves. */
  async step(example: ApiExample): Promise<Outcome> {
    if (example.kind === 'approval') {
      await this.#approve(this.#fillIn(example.userCode));
      return { actual: {}, expected: {} };
    }
    const [head = '', ...body] = example.request.trim().split('\n\n');
    const [line = '', ...headers] = head.split('\n');
    const [method = '', path = ''] = line.split(' ');
    const answer = await send(this.#url + this.#fillIn(path), {
      method,
      headers: Object.fromEntries(
        headers.map((header) => this.#fillIn(header).split(': ') as [string, string]),
      ),
      ...(body.length > 0 ? { raw: this.#fillIn(body.join('\n\n')) } : {}),
    });
    const shown: unknown = example.answer.trim() === '' ? undefined : JSON.parse(example.answer);
    return {
      actual: { status: answer.status, body: answer.body },
      expected: { status: example.status, body: this.#expectation(shown, answer.body) },
    };
  }

  #fillIn(text: string): string {
    return text.replaceAll(
      /\$(\w+)/g,
      (_, name: string) => this.#named.get(name) ?? `[${name} is not known yet]`,
    );
  }

  /**
   * What an answer must be, by its example: `…` is any text, `$name` any text that gets the name, 1 any number, `"..."` further
   * members; the rest is meant literally.
   */
  #expectation(shown: unknown, actual: unknown): unknown {
    if (shown === 1) return typeof actual === 'number' ? actual : shown;
    if (typeof shown === 'string') {
      if (/^\$\w+$/.test(shown) && typeof actual === 'string') this.#named.set(shown.slice(1), actual);
      if (!/…|^\$\w+$/.test(shown)) return shown;
      const [before = '', after = ''] = shown.startsWith('$') ? [] : shown.split('…');
      const fits = typeof actual === 'string' && actual.startsWith(before) && actual.endsWith(after);
      return fits && actual.length > before.length + after.length ? actual : shown;
    }
    if (Array.isArray(shown)) {
      return shown.map((item, index) =>
        this.#expectation(item, Array.isArray(actual) ? actual[index] : undefined),
      );
    }
    if (typeof shown === 'object' && shown !== null) {
      const values = (actual ?? {}) as Record<string, unknown>;
      const { '...': more, ...members } = shown as Record<string, unknown>;
      return Object.fromEntries(
        Object.entries({ ...(more === undefined ? {} : values), ...members }).map(([name, value]) => [
          name,
          name in members ? this.#expectation(value, values[name]) : value,
        ]),
      );
    }
    return shown;
  }
}

function basic({ id, secret }: { readonly id: string; readonly secret: string }): string {
  return Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64');
}
