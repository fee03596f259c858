import type { IncomingMessage } from 'node:http';
import type { Account } from '@ravi/accounts';
import accepts from 'accepts';
import type { Call } from '../http/call.ts';
import { languageFor } from '../pages/texts/texts-for.ts';

/** A signed-in human who decides about a code, and the address of the request. */
export interface Approver {
  readonly account: Account;
  readonly address: string;
  readonly requestId: string;
  /** The language in which they are told by mail. */
  readonly language: string;
}

/**
 * The human behind a request. They are told in `language`, that of their pages; without it, in their browser's language, or else in
 * that of their last sign-in.
 */
export function approverOf(
  { headers, address, requestId }: Pick<Call, 'headers' | 'address' | 'requestId'>,
  account: Account,
  language?: string,
): Approver {
  if (language !== undefined) return { account, address, requestId, language };
  // The same as Koa does for the pages; `accepts` reads only the headers.
  const languages =
    headers['accept-language'] === undefined ? [] : accepts({ headers } as IncomingMessage).languages();
  const isTold = languages.some((tag) => tag !== '*');
  const told = isTold || account.language === '' ? languageFor(languages).lang : account.language;
  return { account, address, requestId, language: told };
}
