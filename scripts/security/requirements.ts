import type { RequirementGroup } from './requirement-table.ts';
import { rfc10027 } from './rfc-10027.ts';
import { rfc8628 } from './rfc-8628.ts';
import { threats } from './threats.ts';

/** Everything that docs/security.md answers for. */
export const requirementGroups: readonly RequirementGroup[] = [
  { heading: 'RFC 8628 §5: device authorization', requirements: rfc8628 },
  { heading: 'RFC 10027 §6.1 (BCP 247): cross-device flows', requirements: rfc10027 },
  { heading: 'Attacks on the service and its pages', requirements: threats },
];
