import { type AuditEventName, auditEventNames } from '@ravi/audit';
import { listVariable, nearestName, Secret } from '@ravi/runtime';
import { z } from 'zod';

const webhookSecret = /^whsec_([A-Za-z0-9+/]+)={0,2}$/;

/** Whether this is a key of a length that the scheme allows, in base64, with the signs at its end or without. (Standard Webhooks 1.0) */
function isWebhookSecret(text: string): boolean {
  const [, base64 = ''] = webhookSecret.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64').length;
  return bytes >= 24 && bytes <= 64 && base64.length % 4 !== 1;
}

/** An http(s) URL without a password in it. */
export const webhookUrlVariable = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}, 'must be an http(s) URL without user and password');

/** One secret, or the new and the old one. */
export const webhookSecretVariable = listVariable
  .refine(
    (secrets) => secrets.every(isWebhookSecret),
    'must be whsec_ and 24 to 64 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
  )
  .transform((secrets) => secrets.map((secret) => new Secret(secret)));

/** Who mails are from. */
export interface MailSender {
  readonly name: string;
  readonly address: string;
}

const eventNames: ReadonlySet<string> = new Set(auditEventNames);
const isEventName = (name: string): name is AuditEventName => eventNames.has(name);

/** Events of the audit log. */
export const webhookEventsVariable = listVariable.transform((names, context): ReadonlySet<AuditEventName> => {
  for (const name of names) {
    if (isEventName(name)) continue;
    const meant = nearestName(name, auditEventNames);
    const hint =
      meant === undefined ? `the events are ${auditEventNames.join(', ')}` : `did you mean "${meant}"?`;
    context.addIssue({ code: 'custom', message: `"${name}" is not an event of the audit log; ${hint}` });
  }
  return new Set(names.filter(isEventName));
});

const address = String.raw`[^\s<>@,;"\p{Cc}]+@[^\s<>@,;"\p{Cc}]+`;
const sender = new RegExp(
  String.raw`^(?:(?<name>[^<>\p{Cc}]*) )?<(?<address>${address})>$|^(?:(?<before>[^<>@,\p{Cc}]*) )?(?<bare>${address})$`,
  'u',
);

/** The sender: an address, or a name and an address. The name may hold any sign, and may be in quotation marks. */
export const mailFromVariable = z.string().transform((text, context): MailSender => {
  const { groups } = sender.exec(text) ?? {};
  if (groups === undefined) {
    context.addIssue({ code: 'custom', message: 'must be like: Ravi <login@example.com>' });
    return z.NEVER;
  }
  const name = (groups['name'] ?? groups['before'] ?? '').trim();
  const [, quoted] = /^"(.*)"$/.exec(name) ?? [];
  return {
    name: quoted?.replaceAll(/\\(.)/g, '$1') ?? name,
    address: groups['address'] ?? groups['bare'] ?? '',
  };
});
