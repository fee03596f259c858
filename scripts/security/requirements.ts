import { asvsAuthentication } from './asvs-authentication.ts';
import { asvsOAuth } from './asvs-oauth.ts';
import { asvsSessions } from './asvs-sessions.ts';
import type { RequirementGroup } from './requirement-table.ts';
import { rfc10027 } from './rfc-10027.ts';
import { rfc8628 } from './rfc-8628.ts';
import { rfc9700 } from './rfc-9700.ts';
import { tokenRequirements } from './tokens.ts';
import { threats } from './threats.ts';

/** Everything that docs/security.md answers for. */
export const requirementGroups: readonly RequirementGroup[] = [
  { heading: 'RFC 8628 §5: device authorization', requirements: rfc8628 },
  { heading: 'RFC 10027 §6.1 (BCP 247): cross-device flows', requirements: rfc10027 },
  { heading: 'RFC 9700 (BCP 240): OAuth 2.0 security', requirements: rfc9700 },
  {
    heading: 'RFC 8707: resource indicators',
    requirements: tokenRequirements,
  },
  { heading: 'Attacks on the service and its pages', requirements: threats },
  { heading: 'OWASP ASVS 5.0.0 V6: authentication, levels 1 and 2', requirements: asvsAuthentication },
  { heading: 'OWASP ASVS 5.0.0 V7: sessions, levels 1 and 2', requirements: asvsSessions },
  { heading: 'OWASP ASVS 5.0.0 V10: OAuth and OIDC, levels 1 and 2', requirements: asvsOAuth },
];
