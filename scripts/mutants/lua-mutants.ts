import { type Edit, type Mutant, mutantsOf } from './mutant.ts';

/** What is done to the text of a line: a pattern, and what takes the place of each match. */
const replacements: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/(?<=[\w\])'] )==(?= )/g, '~='],
  [/(?<= )~=(?= )/g, '=='],
  [/(?<= )>=(?= )/g, '>'],
  [/(?<= )<=(?= )/g, '<'],
  [/(?<= )>(?= )/g, '>='],
  [/(?<= )<(?= )/g, '<='],
  [/(?<= )and(?= )/g, 'or'],
  [/(?<= )or(?= )/g, 'and'],
  [/(?<!\w)not /g, ''],
  [/(?<= )\* 1000\b/g, '* 1'],
  [/(?<= )\/ 1000\b/g, '/ 1'],
  [/(?<= )\+ (?=1\b)/g, '- '],
  [/(?<= )- (?=1\b)/g, '+ '],
  [/(?<=')PEXPIRE(?=')/g, 'EXPIRE'],
  [/(?<=')EXPIRE(?=')/g, 'PEXPIRE'],
  [/(?<=')HSETNX(?=')/g, 'HSET'],
];

/** A word of a write that says when it counts, or what it leaves as it is. */
const flag = /, '(?:NX|XX|GT|KEEPTTL|CH)'/g;

/** A clause of a condition, which goes with the word before it. */
const clause =
  /(?<=^if .*?) (?:and|or) (?:not )?(?:\([^()]*\)|[^()]|\([^()]*\([^()]*\)[^()]*\))+?(?= and | or | then)/g;

/** A command that may be forgotten, also one over several lines: it ends something, lets it end, or tells of it. */
const command =
  /^\s*redis\.call\('(?:P?EXPIRE(?:AT)?|PERSIST|H?DEL|UNLINK|ZREM|PUBLISH|HSET|ZADD|SET)',(?:.*,\n)*.*\)$/;

/** Compares with the clock of Redis: no test can tell one millisecond of it from the next. */
const clockBoundary = /(?:\bnow\b|time\[).* [<>]=? | [<>]=? .*(?:\bnow\b|time\[)/;
const boundaries: ReadonlySet<string> = new Set(['>', '>=', '<', '<=']);

/** Breaks a script: drops a command, a flag or a clause, turns a comparison, swaps units, is off by one. */
export function luaMutants(file: string, source: string): readonly Mutant[] {
  const edits: Edit[] = [];
  const lines = source.split('\n');
  let start = 0;
  for (const [index, line] of lines.entries()) {
    const at = start;
    start += line.length + 1;
    if (line.startsWith('--') || line.startsWith('#')) continue;
    const code = withoutComment(line);
    const indent = code.length - code.trimStart().length;
    const edit = (index: number, length: number, text: string, change: string) =>
      edits.push({ start: at + index, end: at + index + length, text, change });
    const whole = statementAt(lines, index);
    if (command.test(whole)) edit(0, whole.length, '', 'command dropped');
    for (const match of code.matchAll(flag)) edit(match.index, match[0].length, '', `dropped:${match[0]}`);
    for (const match of code.trimStart().matchAll(clause))
      edit(indent + match.index, match[0].length, '', `dropped:${match[0]}`);
    for (const [pattern, text] of replacements)
      for (const match of boundaries.has(text) && clockBoundary.test(code) ? [] : code.matchAll(pattern))
        edit(match.index, match[0].length, text, `${match[0].trim()} → ${text.trim()}`);
  }
  return mutantsOf(file, source, edits);
}

/** What begins on this line: a line that ends with a comma goes on. */
function statementAt(lines: readonly string[], first: number): string {
  const rest = lines.slice(first);
  const last = rest.findIndex((line) => !line.endsWith(','));
  return rest
    .slice(0, last + 1)
    .map((line, index) => (index === last ? withoutComment(line) : line))
    .join('\n');
}

const withoutComment = (line: string) => line.replace(/ --.*$/, '');
