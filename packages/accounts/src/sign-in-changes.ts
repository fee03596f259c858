import { type Factors, takeSecondStep } from './factors.ts';
import type { ProviderLink } from './provider-links.ts';

/** How an account signs in. */
export interface WaysIn {
  readonly factors: Factors;
  readonly providers: readonly ProviderLink[];
}

/**
 * What of how an account signs in is another thing now than it was then. Whoever has only a mail may read it: it names no passkey and no
 * address.
 */
export interface SignInChanges {
  readonly passkeysAdded: number;
  readonly passkeysRemoved: number;
  readonly app: 'added' | 'replaced' | 'removed' | null;
  readonly recoveryCodes: 'made' | 'ended' | null;
  /** How many were used of those that there were then, where there are no others since. */
  readonly recoveryCodesUsed: number;
  /** The ids of the providers. */
  readonly linked: readonly string[];
  readonly unlinked: readonly string[];
}

const noChanges: SignInChanges = {
  passkeysAdded: 0,
  passkeysRemoved: 0,
  app: null,
  recoveryCodes: null,
  recoveryCodesUsed: 0,
  linked: [],
  unlinked: [],
};

/** What a putting back of `then` changes now. Where there was no second step then, those of now stay. */
export function signInChanges(then: WaysIn, now: WaysIn): SignInChanges {
  const providers = {
    linked: providersOnlyIn(now, then),
    unlinked: providersOnlyIn(then, now),
  };
  const [before, after] = [then.factors, now.factors];
  if (!takeSecondStep(before)) return { ...noChanges, ...providers };
  const recoveryCodes = changeOfCodes(before, after);
  const used = before.recoveryCodes.length - after.recoveryCodes.length;
  return {
    passkeysAdded: passkeysOnlyIn(after, before),
    passkeysRemoved: passkeysOnlyIn(before, after),
    app: changeOfApp(before, after),
    recoveryCodes,
    recoveryCodesUsed: recoveryCodes === null ? used : 0,
    ...providers,
  };
}

function passkeysOnlyIn({ passkeys }: Factors, { passkeys: others }: Factors): number {
  return passkeys.filter((passkey) => others.every((other) => !isSame(passkey, other))).length;
}

function isSame(one: Factors['passkeys'][number], other: Factors['passkeys'][number]): boolean {
  return one.id === other.id && one.publicKey === other.publicKey;
}

/** By when it was set up: its secret is sealed anew where `SECRET` is. */
function changeOfApp({ totp: before }: Factors, { totp: after }: Factors): SignInChanges['app'] {
  if (before === null) return after === null ? null : 'added';
  if (after === null) return 'removed';
  return before.addedAtMs === after.addedAtMs ? null : 'replaced';
}

function changeOfCodes(before: Factors, after: Factors): SignInChanges['recoveryCodes'] {
  if (after.recoveryCodes.some((code) => !before.recoveryCodes.includes(code))) return 'made';
  return before.recoveryCodes.length > 0 && !takeSecondStep(after) ? 'ended' : null;
}

function providersOnlyIn({ providers }: WaysIn, { providers: others }: WaysIn): readonly string[] {
  return providers
    .filter(({ id }) => others.every((other) => other.id !== id))
    .map(({ provider }) => provider);
}
