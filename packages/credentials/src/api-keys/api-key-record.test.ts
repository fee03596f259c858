import { type ApiKeyRecord, apiKeyFields, readApiKey, storedApiKeyFields } from './api-key-record.ts';

const record: ApiKeyRecord = {
  id: 'the-key',
  kind: 'identity',
  userId: 7,
  identityUuid: 'an-identity',
  label: 'Backups',
  prefix: 'ravi_id_abcd',
  createdAtMs: 1,
  expiresAtMs: 5_000,
  grantId: 'a-grant',
  ancestorIds: ['one', 'other'],
};

/** The key as it is read at a time, with other fields than were written. */
function read(more: Readonly<Record<string, string>>, nowMs = 0, of = record) {
  const words = apiKeyFields('the-hash', of);
  const written = words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1] ?? '']] : []));
  const fields: Readonly<Record<string, string>> = { ...Object.fromEntries(written), ...more };
  return readApiKey(
    of.id,
    storedApiKeyFields.map((name) => fields[name] ?? null),
    nowMs,
  );
}

test('a key is read as it was written, until the moment at which it expires', () => {
  const active = { state: 'active' };
  expect(read(active)).toEqual({ ...record, hash: 'the-hash', lastUsedAtMs: null });
  expect(read({ ...active, last_used_at: '9' })?.lastUsedAtMs).toBe(9);
  expect([read(active, 4_999) !== null, read(active, 5_000)]).toEqual([true, null]);
  const endless = { ...record, kind: 'management', identityUuid: '', expiresAtMs: null } as const;
  expect(read(active, Number.MAX_SAFE_INTEGER, endless)).toMatchObject(endless);
});

test('a key that was revoked, of no known kind, or written by a newer release, is none', () => {
  expect([read({}), read({ state: 'ended' }), read({ state: 'active', kind: 'root' })]).toEqual([
    null,
    null,
    null,
  ]);
  expect(() => read({ state: 'active', v: '2' })).toThrow('An API key has format 2');
});
