import { leastRefreshGraceSeconds } from '@ravi/credentials';
import { integerVariable, serviceSettings, type SettingList } from '@ravi/runtime';
import {
  mailFromVariable,
  webhookEventsVariable,
  webhookSecretVariable,
  webhookUrlVariable,
} from './deliveries/delivery-variables.ts';
import { keySettings } from './signing-keys/key-settings.ts';

/** Every setting of the issuer. */
export const issuerSettings = {
  ...serviceSettings('3002'),
  ...keySettings,
  ISSUER_CONCURRENCY: {
    parser: integerVariable(1, 1_000),
    default: '8',
    unit: 'jobs',
    help: 'Jobs that one process works on at the same time; a job holds up to 16 logins that were approved at nearly the same moment.',
  },
  REFRESH_GRACE_SECONDS: {
    parser: integerVariable(leastRefreshGraceSeconds, 600),
    default: '30',
    unit: 'seconds',
    help: 'How long a refresh token that is sent again, after a lost answer or by a second process, gets the same pair. After it, a token that was used before counts as stolen and ends the login.',
  },
  WEBHOOK_URL: {
    parser: webhookUrlVariable,
    otherwise: 'none',
    help: 'The issuers post every event of the audit log to this URL, signed by the Standard Webhooks scheme.',
  },
  WEBHOOK_SECRET: {
    parser: webhookSecretVariable,
    otherwise: 'none',
    secret: true,
    help: 'The key that signs the events: whsec_ and 24 to 64 bytes in base64. While you change it, the new and the old one: `whsec_...,whsec_...`. Required with WEBHOOK_URL. Make one with: `echo "whsec_$(openssl rand -base64 32)"`.',
  },
  WEBHOOK_EVENTS: {
    parser: webhookEventsVariable,
    otherwise: 'all',
    help: 'Only these events, by their names in the audit log: `approved,reuse_detected`.',
  },
  MAIL_FROM: {
    parser: mailFromVariable,
    otherwise: 'none',
    help: 'The sender of e-mails to people, such as: `Ravi <login@example.com>`. Required with SMTP_URL.',
  },
} satisfies SettingList;
