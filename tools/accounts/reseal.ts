import { type Factors, totpOwner } from '@ravi/accounts';
import type { ServiceKeyGenerations } from '@ravi/runtime';
import { openKeptSecret, sealKeptSecret } from '@ravi/sealing';
import type { Operator } from './operator.ts';
import { type CommandResult, done, refused } from './result.ts';

/** Accounts whose replicas are waited for together. */
const askedAtOnce = 200;

/**
 * Seals the secrets of all authenticator apps under the current SECRET, also of those that can be put back, in a scan of every account:
 * needed before SECRET_PREVIOUS is removed. It may be repeated, and people may sign in meanwhile.
 */
export async function resealSecrets({
  directory,
  factors,
  undos,
  keys,
  note,
  by,
}: Operator): Promise<CommandResult> {
  if (keys === null)
    return refused('Set SECRET, and while you rotate it SECRET_PREVIOUS, as at the services.');
  let [sealed, lost] = [0, 0];
  const looked: number[] = [];
  for await (const id of directory.withFactors()) {
    looked.push(id);
    const change = await factors.change(id, (now) => {
      const anew = sealedAnew(id, now, keys);
      return typeof anew === 'string' ? { kind: 'refuse', reason: anew } : { kind: 'change', factors: anew };
    });
    if (change.kind === 'changed') sealed++;
    if (change.kind === 'refused' && change.reason === 'lost') lost++;
    await undos.changeFactors(id, (then) => {
      const anew = sealedAnew(id, then, keys);
      return typeof anew === 'string' ? then : anew;
    });
  }
  await note({ event: 'secrets_resealed', by });
  // All of them: what is sealed anew already may be so since the same command had too few replicas.
  for (let at = 0; at < looked.length; at += askedAtOnce)
    await Promise.all(looked.slice(at, at + askedAtOnce).map((id) => factors.replicated(id)));
  const text =
    `${sealed} secrets of authenticator apps are sealed anew.` +
    (lost > 0
      ? ` ${lost} were sealed under another SECRET and cannot be opened: their people need recovery codes, or reset-factors.`
      : '');
  return done(text, { done: 'resealed', sealed, lost });
}

/** Factors whose secret is sealed under the current SECRET; or why they are not: there is none to seal, or it cannot be opened. */
function sealedAnew(id: number, factors: Factors, keys: ServiceKeyGenerations): Factors | 'none' | 'lost' {
  const { totp } = factors;
  if (totp === null) return 'none';
  const opened = openKeptSecret(totp.sealedSecret, totpOwner(id), keys);
  if (opened === null) return 'lost';
  if (opened.isCurrent) return 'none';
  const sealedSecret = sealKeptSecret(opened.secret, totpOwner(id), keys);
  return { ...factors, totp: { ...totp, sealedSecret } };
}
