import { listVariable, Secret } from '@ravi/runtime';
import { z } from 'zod';
import type { DeliverySettings } from './deliveries.ts';

const webhookSecret = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

/** An http(s) URL without a password in it. */
export const webhookUrlVariable = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}, 'must be an http(s) URL without user and password');

/** One secret, or the new and the old one. */
export const webhookSecretVariable = listVariable
  .refine(
    (secrets) => secrets.length > 0 && secrets.every((secret) => webhookSecret.test(secret)),
    'must be whsec_ and 24 to 64 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
  )
  .transform((secrets) => secrets.map((secret) => new Secret(secret)));

/** Where mail goes out. */
export const smtpUrlVariable = z
  .string()
  .refine(
    (text) => /^smtps?:\/\//.test(text) && URL.canParse(text),
    'must be a URL such as smtps://user:password@mail.example.com',
  )
  .transform((text) => new Secret(text));

/** The sender: an address, or a name and an address. */
export const mailFromVariable = z
  .string()
  .regex(
    /^(?:[^<>\p{Cc}]* )?<?[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+>?$/u,
    'must be like: Ravi <login@example.com>',
  );

/** The settings as a whole, and what is missing in them. */
export function readDeliverySettings(values: {
  readonly AUDIT: boolean;
  readonly WEBHOOK_URL?: string | undefined;
  readonly WEBHOOK_SECRET?: readonly Secret[] | undefined;
  readonly WEBHOOK_EVENTS?: readonly string[] | undefined;
  readonly SMTP_URL?: Secret | undefined;
  readonly MAIL_FROM?: string | undefined;
}): { readonly settings: DeliverySettings; readonly problems: readonly string[] } {
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secrets, WEBHOOK_EVENTS: events } = values;
  const { SMTP_URL: smtpUrl, MAIL_FROM: from } = values;
  const problems: string[] = [];
  if (url !== undefined && secrets === undefined) {
    problems.push('WEBHOOK_SECRET: must be set with WEBHOOK_URL');
  }
  if (url !== undefined && !values.AUDIT) problems.push('AUDIT: must be on with WEBHOOK_URL');
  if (smtpUrl !== undefined && from === undefined) problems.push('MAIL_FROM: must be set with SMTP_URL');
  return {
    problems,
    settings: {
      webhook:
        url !== undefined && secrets ? { url, secrets, events: events ? new Set(events) : null } : null,
      mail: smtpUrl && from !== undefined ? { url: smtpUrl, from } : null,
    },
  };
}
