import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { formBoolean, shownName } from '../http/parse-body.ts';

/** Local parts by which people expect to reach those who run the domain. (RFC 2142) */
const reservedLocalParts = new Set(
  'abuse admin administrator hostmaster info mailer-daemon noc no-reply noreply postmaster root security support webmaster'.split(
    ' ',
  ),
);

const name = shownName.refine((given) => given !== '', 'must not be empty');

const absentIfEmpty = (text: string) => (text === '' ? undefined : text);

const email = z.string({ error: 'must be a string' }).trim().toLowerCase().max(254, 'is too long');

/** `POST /api/identities/`. An empty name or address counts as absent, as in forms. */
export const createIdentityInput = z.object({
  name: shownName.transform(absentIfEmpty).optional(),
  email: email.transform(absentIfEmpty).optional(),
  provision_phone: formBoolean.default(false),
});

/** `PUT`: the whole identity; without an address the old one stays. */
export const replaceIdentityInput = z.object({ name, email: email.optional() });

/** `PATCH`: what is to change. */
export const changeIdentityInput = z.object({ name: name.optional(), email: email.optional() });

/**
 * The full address that is asked for: a local part alone gets the first allowed domain. Throws 400 if it is no address, is reserved,
 * or is under another domain.
 */
export function fullAddress(asked: string | undefined, domains: readonly string[]): string | undefined {
  if (asked === undefined) return undefined;
  const [localPart = '', domain = domains[0] ?? '', ...rest] = asked.split('@');
  if (
    rest.length > 0 ||
    !/^[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9])?$/.test(localPart) ||
    localPart.includes('..')
  ) {
    throw new Problem('invalid_request', 'email: must be a local part such as ada.vega, or a full address.', {
      field: 'email',
    });
  }
  if (!domains.includes(domain)) {
    throw new Problem('invalid_request', `email: must be under an allowed domain: ${domains.join(', ')}.`, {
      field: 'email',
    });
  }
  if (reservedLocalParts.has(localPart)) {
    throw new Problem('invalid_request', 'email: is reserved for whoever runs the domain.', {
      field: 'email',
    });
  }
  return `${localPart}@${domain}`;
}
