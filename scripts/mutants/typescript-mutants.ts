import { parseSync } from '@swc/core';
import { type Edit, type Mutant, mutantsOf } from './mutant.ts';

/** A node of the syntax tree, as far as it is read here. */
type Node = Readonly<Record<string, unknown>>;

const operators: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '*': '/',
  '/': '*',
  '-': '+',
};

/** Words of Redis that say in which unit a time is. */
const units: Readonly<Record<string, string>> = { EX: 'PX', PX: 'EX' };

/** Calls that tell people something, and change nothing. */
const toPeople = /\b(?:logger|log|tracing|console)\b/;

/**
 * Breaks a module: turns comparisons, takes the other branch, drops a guard, a negation or a call, swaps units. Types, messages and what
 * is logged stay as they are.
 */
export function typescriptMutants(file: string, source: string): readonly Mutant[] {
  // The parser's positions are in bytes.
  const bytes = Buffer.from(source);
  const edits: Edit[] = [];
  visit(parseSync(source, { syntax: 'typescript', target: 'es2024' }), (node) => {
    const edit = editOf(node, (start, end) => bytes.subarray(start, end).toString());
    if (!edit) return;
    const [begins, ends, place] = [edit.start, edit.end, spanOf(node).start].map((at) =>
      characters(bytes, at),
    );
    edits.push({ ...edit, start: begins ?? 0, end: ends ?? 0, place: place ?? 0 });
  });
  return mutantsOf(file, source, edits);
}

const characters = (bytes: Buffer, count: number) => bytes.subarray(0, count).toString().length;

function editOf(node: Node, textOf: (start: number, end: number) => string): Edit | null {
  const { start, end } = spanOf(node);
  switch (node['type']) {
    case 'BinaryExpression': {
      const operator = String(node['operator']);
      const other = operators[operator];
      const [from, to] = [spanOf(node['left']).end, spanOf(node['right']).start];
      const at = textOf(from, to).indexOf(operator);
      if (other === undefined || at < 0) return null;
      const begins = from + Buffer.byteLength(textOf(from, to).slice(0, at));
      return { start: begins, end: begins + operator.length, text: other, change: `${operator} → ${other}` };
    }
    case 'UnaryExpression':
      return node['operator'] === '!' ? { start, end: start + 1, text: '', change: '! dropped' } : null;
    case 'BooleanLiteral': {
      const value = node['value'] === true;
      return { start, end, text: String(!value), change: `${value} → ${!value}` };
    }
    case 'StringLiteral': {
      const other = units[String(node['value'])];
      return other === undefined
        ? null
        : { start, end, text: `'${other}'`, change: `${String(node['value'])} → ${other}` };
    }
    case 'IfStatement': {
      const test = spanOf(node['test']);
      return node['alternate'] ? null : { ...test, text: 'false', change: 'never' };
    }
    case 'ExpressionStatement': {
      const text = textOf(start, end);
      const isCall = /^(?:await |void )?[\w.#?!]+(?:<[^>]*>)?\(/.test(text);
      return !isCall || toPeople.test(text.split('(')[0] ?? '') || text.startsWith('super(')
        ? null
        : { start, end, text: ';', change: 'call dropped' };
    }
    default:
      return null;
  }
}

function visit(value: unknown, see: (node: Node) => void): void {
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

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Where a node is, in bytes from the beginning of the file; the parser begins at one. */
function spanOf(node: unknown): { readonly start: number; readonly end: number } {
  const span = isNode(node) && isNode(node['span']) ? node['span'] : {};
  // A parenthesis and an argument have theirs further in.
  if (isNode(node) && !('span' in node) && isNode(node['expression'])) return spanOf(node['expression']);
  return { start: Number(span['start']) - 1, end: Number(span['end']) - 1 };
}
