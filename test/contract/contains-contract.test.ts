import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApi } from '../support/openapi.ts';

const contract: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, 'device-auth.openapi.json'), 'utf8'),
);

/** Prose may be reworded and fields may be added; names, types, statuses and what is required may not change. */
const prose = new Set(['description', 'title', 'version', 'summary']);

/** Where `actual` lacks or changes something that `expected` has; empty when it contains it. */
function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (Array.isArray(expected)) {
    const values = Array.isArray(actual) ? actual : [];
    const missing = expected.filter(
      (value) => !values.some((other) => differences(value, other).length === 0),
    );
    return missing.map((value) => `${path} lacks ${JSON.stringify(value)}`);
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return [`${path} is missing`];
    return Object.entries(expected).flatMap(([key, value]) =>
      prose.has(key) && typeof value === 'string'
        ? []
        : differences(value, Object.entries(actual).find(([name]) => name === key)?.[1], `${path}/${key}`),
    );
  }
  return expected === actual ? [] : [`${path} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
}

test('openapi.json contains the contract that clients were promised', () => {
  expect(differences(contract, openApi)).toEqual([]);
});

/** The parts of a document that say what a request must have. */
interface Requests {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>
  >;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly required?: readonly string[] }>>;
  };
}
interface Parameter {
  readonly name: string;
  readonly required?: boolean;
}

/** What a request must have: fields by their schema, parameters by their call. */
function requirements(document: unknown): ReadonlyMap<string, readonly string[]> {
  const { paths, components } = document as Requests;
  const fields = Object.entries(components.schemas)
    .filter(([name]) => name.endsWith('Request'))
    .map(([name, { required = [] }]) => [name, required] as const);
  const parameters = Object.entries(paths).flatMap(([path, calls]) =>
    Object.entries(calls).map(([method, call]) => {
      const required = (call.parameters ?? []).filter((parameter) => parameter.required === true);
      return [`${method} ${path}`, required.map(({ name }) => name)] as const;
    }),
  );
  return new Map([...fields, ...parameters]);
}

test('no request of the contract has to have more than the contract says', () => {
  const ours = requirements(openApi);
  const promised = [...requirements(contract)];
  expect(promised.length).toBeGreaterThan(2);
  for (const [name, required] of promised) expect([name, ours.get(name)]).toEqual([name, required]);
});

test('a changed contract would be noticed', () => {
  expect(
    differences({ a: { type: 'string', required: ['x'] } }, { a: { type: 'string', required: [] } }),
  ).toEqual(['/a/required lacks "x"']);
  expect(differences({ a: { type: 'string' } }, { a: { type: 'integer' } })).toHaveLength(1);
});
