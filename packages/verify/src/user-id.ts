/** Whether a `sub` names an account of ours: a whole number that every language reads exactly, up to 2^53 - 1. */
export function isUserId(sub: string): boolean {
  return /^[1-9]\d{0,15}$/.test(sub) && Number.isSafeInteger(Number(sub));
}
