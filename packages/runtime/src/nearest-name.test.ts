import { nearestName } from './nearest-name.ts';

const names = ['PORT', 'AUDIT', 'LOG_LEVEL', 'PUBLIC_URL', 'DEVICE_CODE_TTL_SECONDS'];

test.each([
  ['DEVICE_CODE_TTL_SECOND', 'DEVICE_CODE_TTL_SECONDS'],
  ['DEVICE_CODE_TLT_SECONDS', 'DEVICE_CODE_TTL_SECONDS'],
  ['DEVICECODE_TTLSECONDS', 'DEVICE_CODE_TTL_SECONDS'],
  ['device_code_ttl_seconds', 'DEVICE_CODE_TTL_SECONDS'],
  ['LOG_LEVLE', 'LOG_LEVEL'],
  ['AUDT', 'AUDIT'],
  ['PUBILC_URI', 'PUBLIC_URL'],
])('%s is taken for %s', (name, meant) => {
  expect(nearestName(name, names)).toBe(meant);
});

test.each(['DEVICE_CODE', 'LOG_LABEL', 'LOG_LVXEL', 'EDIT', 'PATH', 'PORTS', 'PROT', 'SECRET_URL', ''])(
  '%s is too far from every name, or the name too short to tell',
  (name) => {
    expect(nearestName(name, names)).toBeUndefined();
  },
);

test('of names that are equally near, the first is meant', () => {
  expect(nearestName('LOG_FILER', ['LOG_FILES', 'LOG_FILE'])).toBe('LOG_FILES');
});

test('of several near names, the nearest is meant', () => {
  expect(nearestName('SESSION_LENGTH_1', ['SESSION_LENGTH_22', 'SESSION_LENGTH_2'])).toBe('SESSION_LENGTH_2');
});
