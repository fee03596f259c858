import { totpOwner } from '@ravi/accounts';
import { openKeptSecret, sealKeptSecret } from '@ravi/sealing';
import type { Operator } from './operator.ts';
import { type CommandResult, done, refused } from './result.ts';

/** Accounts whose replicas are waited for together. */
const askedAtOnce = 200;

/**
 * Seals the secrets of all authenticator apps under the current SECRET, in a scan of every account: needed before SECRET_PREVIOUS is
 * removed. It may be repeated, and people may sign in meanwhile.
 */
export async function resealSecrets({
  directory,
  factors,
  keys,
  note,
  by,
}: Operator): Promise<CommandResult> {
  if (keys === null)
    return refused('Set SECRET, and while you rotate it SECRET_PREVIOUS, as at the services.');
  let [sealed, lost] = [0, 0];
  const looked: number[] = [];
  for await (const id of directory.withSecondFactor()) {
    looked.push(id);
    const change = await factors.change(id, (now) => {
      if (now.totp === null) return { kind: 'refuse', reason: 'none' as const };
      const opened = openKeptSecret(now.totp.sealedSecret, totpOwner(id), keys);
      if (opened === null) return { kind: 'refuse', reason: 'lost' as const };
      if (opened.isCurrent) return { kind: 'refuse', reason: 'none' as const };
      const sealedSecret = sealKeptSecret(opened.secret, totpOwner(id), keys);
      return { kind: 'change', factors: { ...now, totp: { ...now.totp, sealedSecret } } };
    });
    if (change.kind === 'changed') sealed++;
    if (change.kind === 'refused' && change.reason === 'lost') lost++;
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
