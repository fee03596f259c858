import type { Context } from 'koa';
import { z } from 'zod';
import type { HiddenFields } from './fields.ts';
import { paths } from './paths.ts';

/** A form that can be sent again as it was. */
export interface SentAgain {
  readonly action: string;
  readonly fields: HiddenFields;
}

const text = z.string().max(254).optional();

/** The fields of the decision. A form with a password is not among those that are sent again. */
const decision = z.object({
  csrf_token: text,
  user_code: text,
  decision: text,
  access: text,
  identity_name: text,
  key_ttl: text,
  verification: text,
  shown: text,
});

/** The form that this request brought, where a page may offer to send it again: only a decision, whose terms a person chose. Else null. */
export function formToSendAgain(ctx: Context): SentAgain | null {
  if (ctx.method !== 'POST' || ctx.path !== paths.decision) return null;
  const read = decision.safeParse(ctx.request.body);
  if (!read.success) return null;
  return { action: paths.decision, fields: read.data };
}
