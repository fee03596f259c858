import type { IncomingMessage } from 'node:http';
import type { Account } from '@ravi/accounts';
import accepts from 'accepts';
import type { Call } from '../http/call.ts';
import { textsFor } from '../pages/texts/texts-for.ts';

/** A signed-in human with a code in hand, and where they sit. */
export interface Approver {
  readonly account: Account;
  readonly address: string;
  readonly requestId: string;
  /** The language in which they read us. */
  readonly language: string;
}

/** The human behind a request. */
export function approverOf(
  { headers, address, requestId }: Pick<Call, 'headers' | 'address' | 'requestId'>,
  account: Account,
): Approver {
  // As Koa reads it for the pages; of a request it looks at the headers alone.
  const languages =
    headers['accept-language'] === undefined ? [] : accepts({ headers } as IncomingMessage).languages();
  return { account, address, requestId, language: textsFor(languages).lang };
}
