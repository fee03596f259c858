import type { Account } from '@ravi/accounts';
import type { Context } from 'koa';
import { clientAddress } from './client-address.ts';
import { pageTexts } from './pages/show-page.ts';

/** A signed-in human with a code in hand, and where they sit. */
export interface Approver {
  readonly account: Account;
  readonly address: string;
  readonly requestId: string;
  /** The language in which they read us. */
  readonly language: string;
}

/** The human behind a request. */
export function approverOf(ctx: Context, account: Account): Approver {
  return {
    account,
    address: clientAddress(ctx),
    requestId: String(ctx.state['requestId']),
    language: pageTexts(ctx).lang,
  };
}
