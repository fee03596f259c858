import { isNode, type Node, spanOf, visit } from './syntax.ts';

/** A number that says how long something lasts, or how many there may be. In bytes from the beginning of the file. */
export interface Bound {
  readonly start: number;
  readonly end: number;
  /** Where functions of its module use it, if it is a constant that no other module sees; otherwise where it stands. */
  readonly places: readonly number[];
}

const saysHowMuch =
  /(?:Ms|Seconds|Length|LimitBytes|AtOnce)$|^(?:max|least|longest|shortest|per)[A-Z]|Per[A-Z]|^(?:minute|hour|day|week|month|year)s?$/;

/** All numbers of such a file are maximums, whatever they are called. */
const ofMaximums = /(?:^|\/)fixed-maximums\.ts$/;

const runsLater = /Function|Method|Constructor|Getter|Setter|ClassProperty|PrivateProperty/;

/** The numbers of a module that say how long or how many, by what they are called. */
export function boundsOf(file: string, module: Node): readonly Bound[] {
  const { fixed, own } = namesAtTop(module);
  const uses = usesOf(module, own);
  const bounds: Bound[] = [];
  const add = (name: string, value: unknown, places?: readonly number[]) => {
    if (!saysHowMuch.test(name) && !ofMaximums.test(file)) return;
    for (const number of numbersIn(value, fixed)) {
      const { start, end } = spanOf(number);
      bounds.push({ start, end, places: places ?? [start] });
    }
  };
  visit(module, (node) => {
    switch (node['type']) {
      case 'VariableDeclaration':
        for (const { id, init } of node['kind'] === 'const' ? nodesIn(node['declarations']) : [])
          add(wordOf(id), init, uses.get(wordOf(id)));
        break;
      case 'KeyValueProperty':
      case 'AssignmentPatternProperty':
      case 'ClassProperty':
      case 'PrivateProperty':
        add(wordOf(node['key']), node['value']);
        break;
      case 'AssignmentPattern':
        add(wordOf(node['left']), node['right']);
    }
  });
  return bounds;
}

/** The names of what a module imports and of its constants: these are the same in every call. `own` are those that it does not export. */
function namesAtTop(module: Node): {
  readonly fixed: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
} {
  const constants = (items: readonly Node[]) =>
    items
      .filter(({ type, kind }) => type === 'VariableDeclaration' && kind === 'const')
      .flatMap(({ declarations }) => nodesIn(declarations).map(({ id }) => wordOf(id)));
  const items = nodesIn(module['body']);
  const own = constants(items);
  const exported = constants(items.flatMap(({ declaration }) => (isNode(declaration) ? [declaration] : [])));
  const imported = items.flatMap(({ type, specifiers }) =>
    type === 'ImportDeclaration' ? nodesIn(specifiers).map(({ local }) => wordOf(local)) : [],
  );
  return { fixed: new Set([...own, ...exported, ...imported]), own: new Set(own) };
}

/** Where the functions of a module use these names. */
function usesOf(module: Node, names: ReadonlySet<string>): ReadonlyMap<string, readonly number[]> {
  const uses = new Map<string, Set<number>>();
  visit(module, (outer) => {
    if (!runsLater.test(String(outer['type']))) return;
    visit(outer, (node) => {
      if (node['type'] !== 'Identifier' || !names.has(wordOf(node))) return;
      const places = uses.get(wordOf(node)) ?? new Set();
      uses.set(wordOf(node), places.add(spanOf(node).start));
    });
  });
  return new Map([...uses].map(([name, places]) => [name, [...places]]));
}

/** A number that is written out, or calculated from such and from `fixed` ones; each one of a list. Ten times nothing is left out. */
function numbersIn(value: unknown, fixed: ReadonlySet<string>): readonly Node[] {
  if (!isNode(value)) return [];
  if (value['type'] === 'TsConstAssertion') return numbersIn(value['expression'], fixed);
  if (value['type'] === 'ArrayExpression')
    return nodesIn(value['elements']).flatMap(({ expression }) => numbersIn(expression, fixed));
  let written = 0;
  const isNumber = (node: unknown): boolean => {
    if (!isNode(node)) return false;
    switch (node['type']) {
      case 'NumericLiteral':
        if (node['value'] !== 0) written++;
        return true;
      case 'Identifier':
        return fixed.has(wordOf(node));
      case 'ParenthesisExpression':
        return isNumber(node['expression']);
      case 'BinaryExpression':
        return /^[-+*/]$/.test(String(node['operator'])) && isNumber(node['left']) && isNumber(node['right']);
      default:
        return false;
    }
  };
  return isNumber(value) && written > 0 ? [value] : [];
}

const nodesIn = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

const wordOf = (node: unknown): string =>
  isNode(node) && typeof node['value'] === 'string' ? node['value'] : '';
