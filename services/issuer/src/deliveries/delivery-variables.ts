import { type AuditEventName, auditEventNames } from '@ravi/audit';
import { listVariable, nearestName, Secret } from '@ravi/runtime';
import { z } from 'zod';

const webhookSecret = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

/** An http(s) URL without a password in it. */
export const webhookUrlVariable = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}, 'must be an http(s) URL without user and password');

/** One secret, or the new and the old one. */
export const webhookSecretVariable = listVariable
  .refine(
    (secrets) => secrets.every((secret) => webhookSecret.test(secret)),
    'must be whsec_ and 24 to 64 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
  )
  .transform((secrets) => secrets.map((secret) => new Secret(secret)));

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

/** The sender: an address, or a name and an address. */
export const mailFromVariable = z
  .string()
  .regex(
    /^(?:[^<>\p{Cc}]* )?<?[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+>?$/u,
    'must be like: Ravi <login@example.com>',
  );
