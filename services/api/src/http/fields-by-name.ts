/** The fields of a form or a query by name; a repeated field has all its values. */
export type FieldsByName = Readonly<Record<string, string | string[]>>;

/** Reads fields in time that grows with their number, and not by its square, however often one comes. Anybody may send thousands. */
export function fieldsByName(text: string): FieldsByName {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (typeof before === 'string') fields[name] = [before, value];
    // Not copied: that takes the square.
    else before.push(value);
  }
  return fields;
}
