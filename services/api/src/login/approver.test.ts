import type { Account } from '@ravi/accounts';
import { approverOf } from './approver.ts';

/** In which language a person is told by mail. */
function languageOf(acceptLanguage: string | undefined, ofAccount: string, ofPages?: string): string {
  const headers = acceptLanguage === undefined ? {} : { 'accept-language': acceptLanguage };
  const account = { id: 7, language: ofAccount } as Account;
  return approverOf({ headers, address: '192.0.2.1', requestId: 'r' }, account, ofPages).language;
}

test('a person is told in the language of their pages, else of their browser, else of their last sign-in', () => {
  expect(languageOf('fr', 'es', 'de')).toBe('de');
  expect(languageOf('fr', 'es')).toBe('fr');
  expect(languageOf('tlh, fr;q=0.5', 'es')).toBe('fr');
  expect(languageOf(undefined, 'es')).toBe('es');
  // A program that takes any language says nothing of the person's.
  expect(languageOf('*', 'es')).toBe('es');
  expect(languageOf('*', '')).toBe('en');
  expect(languageOf(undefined, '')).toBe('en');
});
