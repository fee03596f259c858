/** A node of the syntax tree, as far as it is read here. */
export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Shows each node that matters at run time, from the outside in. */
export function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) return value.forEach((each) => visit(each, see));
  if (!isNode(value)) return;
  const type = typeof value['type'] === 'string' ? value['type'] : '';
  // Types tell nothing at run time; an assertion's expression does.
  if (type.startsWith('Ts') && !/^Ts(?:As|Satisfies|NonNull|Const)/.test(type)) return;
  if (type === 'ImportDeclaration' || (type.startsWith('Export') && !('declaration' in value))) return;
  if (type !== '') see(value);
  for (const [name, child] of Object.entries(value)) {
    if (name !== 'typeAnnotation' && name !== 'span') visit(child, see);
  }
}

/** Where a node is, in bytes from the beginning of the file; the parser begins at one. */
export function spanOf(node: unknown): { readonly start: number; readonly end: number } {
  const span = isNode(node) && isNode(node['span']) ? node['span'] : {};
  // A parenthesis and an argument have theirs further in.
  if (isNode(node) && !('span' in node) && isNode(node['expression'])) return spanOf(node['expression']);
  return { start: Number(span['start']) - 1, end: Number(span['end']) - 1 };
}
