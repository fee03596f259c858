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

test('no answer of the contract requires more of a request than the contract does', () => {
  const required = (document: unknown) =>
    JSON.stringify(
      Object.entries(
        (document as { components: { schemas: Record<string, { required?: string[] }> } }).components.schemas,
      )
        .filter(([name]) => name === 'DeviceTokenRequestRequest')
        .map(([, schema]) => schema.required),
    );
  expect(required(openApi)).toBe(required(contract));
});

test('a changed contract would be noticed', () => {
  expect(
    differences({ a: { type: 'string', required: ['x'] } }, { a: { type: 'string', required: [] } }),
  ).toEqual(['/a/required lacks "x"']);
  expect(differences({ a: { type: 'string' } }, { a: { type: 'integer' } })).toHaveLength(1);
});
