import { sameNetwork } from '../limits/networks.ts';

/** When an approval needs the number that the program shows: never, for a login from another network, or always. */
export const numberMatchingPolicies = ['off', 'other-network', 'always'] as const;
export type NumberMatchingPolicy = (typeof numberMatchingPolicies)[number];

/** Whether a human at `approverAddress` must pick the program's number to approve a login started from `loginAddress`. */
export function isNumberNeeded(
  policy: NumberMatchingPolicy,
  loginAddress: string,
  approverAddress: string,
): boolean {
  switch (policy) {
    case 'off':
      return false;
    case 'other-network':
      return !sameNetwork(loginAddress, approverAddress);
    case 'always':
      return true;
  }
}
