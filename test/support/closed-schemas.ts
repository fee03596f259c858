/** Keywords whose members describe the values inside the one that is described. */
const valueMaps = new Set(['properties', 'patternProperties']);
const valueSchemas = new Set(['items', 'additionalProperties']);

/** Keywords whose members describe the same value once more: they are closed together with it, never each by itself. */
const sameValueLists = new Set(['allOf', 'anyOf', 'oneOf']);

/** A schema that takes no member which it does not document, in the objects inside it neither. */
export function closed(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const inside = closedInside(schema);
  // Nothing is said of this value, so that anything may be in it.
  if (!describesObjects(schema)) return inside;
  return { ...inside, unevaluatedProperties: false };
}

/**
 * A schema that stays open itself, as one of `components` that others refer to, and whose objects inside are closed. The schema that
 * refers to it closes it: so the parts of an `allOf` add up.
 */
export function closedInside(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (valueMaps.has(keyword) && isObject(value)) return [keyword, mapValues(value, closed)];
      if (valueSchemas.has(keyword)) return [keyword, closed(value)];
      if (sameValueLists.has(keyword) && Array.isArray(value)) {
        return [keyword, value.map((part: unknown) => (isObject(part) ? closedInside(part) : part))];
      }
      return [keyword, value];
    }),
  );
}

function describesObjects(schema: Readonly<Record<string, unknown>>): boolean {
  return (
    schema['type'] === 'object' ||
    ['$ref', 'properties', ...sameValueLists].some((keyword) => keyword in schema)
  );
}

function mapValues<Value>(
  members: Readonly<Record<string, unknown>>,
  change: (value: unknown) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
