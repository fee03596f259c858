import { writeFileSync } from 'node:fs';
import { en } from '../../services/api/src/pages/texts/en.ts';

const letters = 'אבגדהוזחטיכלמנסעפצקרשתאבגד';

/** Writes a `TEXTS_FILE` with a made-up language: ours, as long and with its placeholders, in letters that run from the right. */
export function writeRightToLeftTexts(path: string): void {
  const words = JSON.stringify(en, (key, value: unknown) => {
    if (key === 'lang') return undefined;
    if (key === 'dir') return 'rtl';
    const text = typeof value === 'function' && 'template' in value ? value.template : value;
    return typeof text === 'string' ? inOtherLetters(text) : text;
  });
  writeFileSync(path, `{"he":${words}}`);
}

function inOtherLetters(text: string): string {
  return text.replaceAll(/\{\w+\}|[a-z]/gi, (found) =>
    found.length > 1 ? found : (letters[found.toLowerCase().charCodeAt(0) - 97] ?? found),
  );
}
