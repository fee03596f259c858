import { writeFileSync } from 'node:fs';
import { operatorsLanguage } from './operators-language.ts';

const letters = 'אבגדהוזחטיכלמנסעפצקרשתאבגד';

/** Writes a `TEXTS_FILE` with a made-up language: ours, as long and with its placeholders, in letters that run from the right. */
export function writeRightToLeftTexts(path: string): void {
  writeFileSync(path, JSON.stringify({ he: operatorsLanguage('rtl', inOtherLetters) }));
}

function inOtherLetters(text: string): string {
  return text.replaceAll(/\{\w+\}|[a-z]/gi, (found) =>
    found.length > 1 ? found : (letters[found.toLowerCase().charCodeAt(0) - 97] ?? found),
  );
}
