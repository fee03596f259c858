import {
  apiKeyId,
  findKeysByPrefix,
  hashApiKey,
  recogniseApiKey,
  type StoredApiKey,
} from '@ravi/credentials';
import type { Operator } from './operator.ts';
import { keyData, viewOf } from './person-data.ts';
import { type CommandResult, done, moment, nothingFound, plain, refused } from './result.ts';

/** A key's kind and the four characters of its secret that its record keeps; a scanner may show more. */
const prefixShape = /^((?:ravi_mgmt_|ravi_id_)[0-9A-Za-z]{4})[0-9A-Za-z.*…]*$/;
const idShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A key that is alive, and the epoch of the account in which it is. */
interface FoundKey {
  readonly key: StoredApiKey;
  readonly epoch: string;
}

/**
 * Finds living API keys by their first characters, or one by the whole key or its id; and revokes it, if there is only one. The
 * whole key and the id lead to its record at once; the first characters take a scan of every key.
 */
export async function findKeys(operator: Operator, text: string, revoke: boolean): Promise<CommandResult> {
  const { note, by } = operator;
  const ids = idsOf(operator, text);
  if (ids === null) {
    return refused(
      'This is no key of ours: give what it begins with, such as ravi_mgmt_ and four characters more, all of it, or its id.',
    );
  }
  await note({ event: 'keys_searched', by });
  const found: FoundKey[] = [];
  for await (const id of ids) {
    const key = await findAlive(operator, id);
    if (key !== null) found.push(key);
    // As where the same command had too few replicas before.
    else if (revoke) await operator.apiKeys.replicated(id);
  }
  const [only, ...others] = found;
  if (only === undefined) return nothingFound('No living key begins so.');
  if (!revoke) return told(found);
  if (others.length > 0) {
    return refused(`${told(found).text}\nThese are several: revoke one by its id.`);
  }
  return revokeKey(operator, only);
}

function idsOf(operator: Operator, text: string): AsyncIterable<string> | readonly string[] | null {
  if (recogniseApiKey(text) !== null) return [apiKeyId(hashApiKey(text))];
  if (idShape.test(text.toLowerCase())) return [text.toLowerCase()];
  const [, keyPrefix] = prefixShape.exec(text) ?? [];
  return keyPrefix === undefined ? null : findKeysByPrefix(operator.redis, keyPrefix, operator.prefix);
}

async function findAlive({ accounts, apiKeys, clock }: Operator, id: string): Promise<FoundKey | null> {
  const record = await apiKeys.find(id, clock.nowMs());
  const owner = record && (await accounts.read(record.userId));
  if (!owner) return null;
  const view = viewOf(owner.account, owner.identities);
  const key = await apiKeys.findAlive(view, id, clock.nowMs());
  return key && { key, epoch: view.epoch };
}

/** Revokes a key, and with it those that descend from it: one write. */
async function revokeKey({ apiKeys, note, by }: Operator, { key, epoch }: FoundKey): Promise<CommandResult> {
  const { id, userId } = key;
  if (await apiKeys.revoke(id, userId, 'revoked')) {
    await note({ event: 'key_revoked', key: id, user: userId, reason: 'revoked', by });
    await apiKeys.unlist(key, epoch);
    await apiKeys.replicated(id);
  }
  return done(`${id} of account ${userId} is revoked, and with it every key that it made.`, {
    done: 'revoked',
    ...keyData(key),
    userId,
  });
}

function told(found: readonly FoundKey[]): CommandResult {
  const lines = found.map(({ key }) =>
    [
      key.id,
      key.prefix,
      `account ${key.userId}`,
      `made ${moment(key.createdAtMs)}`,
      `used ${moment(key.lastUsedAtMs)}`,
      plain(key.label),
    ].join('  '),
  );
  return done(lines.join('\n'), ...found.map(({ key }) => ({ ...keyData(key), userId: key.userId })));
}
