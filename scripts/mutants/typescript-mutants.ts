import { parseSync } from '@swc/core';
import { boundsOf } from './bounds.ts';
import { type Edit, type Mutant, mutantsOf } from './mutant.ts';
import { isNode, type Node, spanOf, visit } from './syntax.ts';

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

/** Words of a write of Redis that say when it counts, or what it leaves as it is. */
const flags: ReadonlySet<unknown> = new Set(['NX', 'XX', 'GT', 'KEEPTTL', 'CH']);

/** Calls that tell people something, and change nothing. */
const toPeople = /\b(?:logger|log|tracing|console)\b/;

/**
 * Breaks a module: turns comparisons, takes the other branch, drops a guard, a negation, a call or a flag, swaps units, makes bounds
 * tenfold. Types, messages and what is logged stay as they are.
 */
export function typescriptMutants(file: string, source: string): readonly Mutant[] {
  // The parser's positions are in bytes.
  const bytes = Buffer.from(source);
  const textOf = (start: number, end: number) => bytes.subarray(start, end).toString();
  const at = (byte: number) => textOf(0, byte).length;
  const edits: Edit[] = [];
  const add = (edit: Edit, places: readonly number[]) => {
    edits.push({ ...edit, start: at(edit.start), end: at(edit.end), places: places.map(at) });
  };
  const module: unknown = parseSync(source, { syntax: 'typescript', target: 'es2024' });
  if (!isNode(module)) return [];
  visit(module, (node) => {
    const edit = editOf(node, textOf);
    if (edit) add(edit, [spanOf(node).start]);
  });
  for (const { start, end, places } of boundsOf(file, module))
    add({ start, end, text: `10 * (${textOf(start, end)})`, change: 'tenfold' }, places);
  return mutantsOf(file, source, edits);
}

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
    case 'CallExpression': {
      const words: readonly unknown[] = Array.isArray(node['arguments']) ? node['arguments'] : [];
      const at = words.findIndex(
        (word) => isNode(word) && isNode(word['expression']) && flags.has(word['expression']['value']),
      );
      if (at < 1) return null;
      const dropped = { start: spanOf(words[at - 1]).end, end: spanOf(words[at]).end };
      return { ...dropped, text: '', change: `dropped:${textOf(dropped.start, dropped.end)}` };
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
