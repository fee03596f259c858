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
];

/** A clause of a condition, which goes with the word before it. */
const clause =
  /(?<=^if .*?) (?:and|or) (?:not )?(?:\([^()]*\)|[^()]|\([^()]*\([^()]*\)[^()]*\))+?(?= and | or | then)/g;

/** A command that may be forgotten: it ends something, lets it end, or tells of it. */
const command =
  /^\s*redis\.call\('(?:P?EXPIRE(?:AT)?|PERSIST|H?DEL|UNLINK|ZREM|PUBLISH|HSET|ZADD|SET)',.*\)$/;

/** Breaks a script: drops a command or a clause, turns a comparison, swaps units, is off by one. */
export function luaMutants(file: string, source: string): readonly Mutant[] {
  const edits: Edit[] = [];
  let start = 0;
  for (const line of source.split('\n')) {
    const at = start;
    start += line.length + 1;
    if (line.startsWith('--') || line.startsWith('#')) continue;
    const code = line.replace(/ --.*$/, '');
    const indent = code.length - code.trimStart().length;
    if (command.test(code)) edits.push(edit(at, code, 0, code.length, '', 'command dropped'));
    for (const match of code.trimStart().matchAll(clause))
      edits.push(edit(at, code, indent + match.index, match[0].length, '', `dropped:${match[0]}`));
    for (const [pattern, replacement] of replacements)
      for (const match of code.matchAll(pattern))
        edits.push(
          edit(
            at,
            code,
            match.index,
            match[0].length,
            replacement,
            `${match[0].trim()} → ${replacement.trim()}`,
          ),
        );
  }
  return mutantsOf(file, source, edits);
}

function edit(
  lineAt: number,
  _line: string,
  index: number,
  length: number,
  text: string,
  change: string,
): Edit {
  return { start: lineAt + index, end: lineAt + index + length, text, change };
}
