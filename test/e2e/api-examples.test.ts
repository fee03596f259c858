import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { type Deployment, deploy } from '../support/stack.ts';

/** One example of docs/api.md, or something that the human does between two of them. */
type Step =
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
const steps = [...document.matchAll(pattern)].map(({ groups = {} }): Step => {
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

let deployment: Deployment;
let person: Person;
const resourceServer = { id: 'example', secret: 'a secret of a service, long enough' };
const named = new Map([
  [
    'resource_server',
    Buffer.from(`${resourceServer.id}:${encodeURIComponent(resourceServer.secret)}`).toString('base64'),
  ],
]);

beforeAll(async () => {
  deployment = await deploy({ RESOURCE_SERVERS: JSON.stringify([resourceServer]) });
  person = await Person.signUp(deployment.urls[0]);
});
afterAll(() => deployment.stop());

const fillIn = (text: string) =>
  text.replaceAll(/\$(\w+)/g, (_, name: string) => named.get(name) ?? `[${name} is not known yet]`);

/** What an answer must be, by its example: `…` is any text, `$name` any text that gets the name, the rest is meant literally. */
function expectation(example: unknown, actual: unknown): unknown {
  if (typeof example === 'string') {
    if (/^\$\w+$/.test(example) && typeof actual === 'string') named.set(example.slice(1), actual);
    if (!/…|^\$\w+$/.test(example)) return example;
    const [before = '', after = ''] = example.startsWith('$') ? [] : example.split('…');
    const fits = typeof actual === 'string' && actual.startsWith(before) && actual.endsWith(after);
    return fits && actual.length > before.length + after.length ? actual : example;
  }
  if (Array.isArray(example)) {
    return example.map((item, index) => expectation(item, Array.isArray(actual) ? actual[index] : undefined));
  }
  if (typeof example === 'object' && example !== null) {
    const values = (actual ?? {}) as Record<string, unknown>;
    const { '...': more, ...members } = example as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries({ ...(more === undefined ? {} : values), ...members }).map(([name, value]) => [
        name,
        name in members ? expectation(value, values[name]) : value,
      ]),
    );
  }
  return example;
}

describe('docs/api.md tells what the service does:', () => {
  test.each(steps)('$title', async (step) => {
    if (step.kind === 'approval') {
      await person.approve(deployment.urls[1], fillIn(step.userCode));
      return;
    }
    const [head = '', ...body] = step.request.trim().split('\n\n');
    const [line = '', ...headers] = head.split('\n');
    const [method = '', path = ''] = line.split(' ');
    const answer = await send(deployment.urls[0] + fillIn(path), {
      method,
      headers: Object.fromEntries(headers.map((header) => fillIn(header).split(': ') as [string, string])),
      ...(body.length > 0 ? { raw: fillIn(body.join('\n\n')) } : {}),
    });
    const example: unknown = step.answer.trim() === '' ? undefined : JSON.parse(step.answer);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: step.status,
      body: expectation(example, answer.body),
    });
  });
});

test('every call of the JSON interface for programs has an example', () => {
  const calls = steps.flatMap((step) => (step.kind === 'request' ? [step.title.split(' → ')[0] ?? ''] : []));
  const shown = new Set(calls.map((call) => call.replace(/\$\w+/g, '{}')));
  const { paths } = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, { readonly security?: readonly object[] }>>;
  };
  const missing = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { security = [] }]) => security.some((scheme) => !('session' in scheme)))
      .filter(() => /^\/(api|oauth)\//.test(path) && !/\/(signup|login)\/$/.test(path))
      .map(([method]) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
      .filter((call) => !shown.has(call)),
  );
  expect(missing).toEqual([]);
});
