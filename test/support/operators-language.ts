import { en as pages } from '../../services/api/src/pages/texts/en.ts';
import { en as mails } from '../../services/issuer/src/deliveries/mail/texts/en.ts';

/** One language of a `TEXTS_FILE`, as JSON: ours, with each text as `inOther` says it. Names in braces stay. */
export function operatorsLanguage(dir: 'ltr' | 'rtl', inOther: (text: string) => string): object {
  const text = JSON.stringify({ ...pages, mails }, (key, value: unknown) => {
    if (key === 'lang') return undefined;
    if (key === 'dir') return dir;
    const words = typeof value === 'function' && 'template' in value ? value.template : value;
    return typeof words === 'string' ? inOther(words) : words;
  });
  return JSON.parse(text) as object;
}
