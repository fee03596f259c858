import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { hasOpenssl, TestAuthority } from '../../../test/support/certificates.ts';
import { RedisTls } from './redis-tls.ts';
import { parseTopology } from './topology.ts';

const describeWithOpenssl = hasOpenssl ? describe : describe.skip;

describeWithOpenssl('the certificates of TLS connections', () => {
  let authority: TestAuthority;
  let other: TestAuthority;
  let own: { readonly cert: string; readonly key: string };
  beforeAll(() => {
    [authority, other] = [new TestAuthority(), new TestAuthority()];
    own = authority.issue('own', 'DNS:own');
  });
  afterAll(() => {
    authority.remove();
    other.remove();
  });

  const settings = () => ({
    REDIS_CA_FILE: authority.caFile,
    REDIS_CERT_FILE: own.cert,
    REDIS_KEY_FILE: own.key,
  });

  test('are read once for all connections, as long as their files stay as they are', () => {
    for (const variables of [
      {},
      { REDIS_CA_FILE: authority.caFile },
      { REDIS_CERT_FILE: own.cert, REDIS_KEY_FILE: own.key },
      settings(),
    ]) {
      const tls = new RedisTls(variables);
      expect(tls.secureContext).toBe(tls.secureContext);
    }
  });

  test('are those of the next connection once they are renewed, and the former ones while a certificate and its key do not fit', () => {
    const tls = new RedisTls(settings());
    const former = tls.secureContext;
    const later = other.issue('later', 'DNS:own');
    const kept = [authority.caFile, own.cert, own.key].map((file) => [file, readFileSync(file)] as const);
    try {
      copyFileSync(later.cert, own.cert);
      expect(tls.secureContext).toBe(former);
      copyFileSync(later.key, own.key);
      const renewed = tls.secureContext;
      expect(renewed).not.toBe(former);
      copyFileSync(other.caFile, authority.caFile);
      const trusting = tls.secureContext;
      expect(trusting).not.toBe(renewed);
      writeFileSync(authority.caFile, '');
      expect(tls.secureContext).toBe(trusting);
    } finally {
      for (const [file, bytes] of kept) writeFileSync(file, bytes);
    }
  });

  test('that cannot be used end the start, which names the setting and not what the file holds', () => {
    const { key } = other.issue('stranger', 'DNS:own');
    const all = settings();
    const cases: readonly (readonly [object, string])[] = [
      [{ ...all, REDIS_CA_FILE: '/no/such.pem' }, 'REDIS_CA_FILE: /no/such.pem cannot be read'],
      [{ ...all, REDIS_CA_FILE: own.key }, `REDIS_CA_FILE: ${own.key} is no certificate in PEM`],
      [{ ...all, REDIS_CERT_FILE: own.key }, `REDIS_CERT_FILE: ${own.key} is no certificate in PEM`],
      [{ ...all, REDIS_KEY_FILE: '/no/such.pem' }, 'REDIS_KEY_FILE: /no/such.pem cannot be read'],
      [
        { ...all, REDIS_KEY_FILE: key },
        'REDIS_KEY_FILE: must hold the unencrypted PEM key of the certificate',
      ],
      [{ ...all, REDIS_KEY_FILE: undefined }, 'REDIS_CERT_FILE, REDIS_KEY_FILE: set both, or neither'],
      [{ ...all, REDIS_CERT_FILE: undefined }, 'REDIS_CERT_FILE, REDIS_KEY_FILE: set both, or neither'],
    ];
    for (const [variables, message] of cases) expect(() => new RedisTls(variables)).toThrow(message);
  });

  const plain = 'redis://127.0.0.1';
  const secure = 'rediss://redis.example.com';
  const sentinels = { REDIS_SENTINELS: ['s:1'] };

  test.each([
    ['rediss://', { REDIS_URL: secure }],
    ['rediss:// and Sentinels without TLS', { ...sentinels, REDIS_URL: secure, REDIS_SENTINEL_TLS: false }],
    ['redis:// and Sentinels with TLS', { ...sentinels, REDIS_URL: plain, REDIS_SENTINEL_TLS: true }],
  ])('are used with %s', (_, variables) => {
    const topology = parseTopology({ REDIS_SENTINEL_NAME: 'm', ...variables, ...settings() });
    expect(topology.tls?.secureContext).toBeDefined();
  });

  test.each([
    ['redis://', { REDIS_URL: plain }],
    ['redis:// and Sentinels without TLS', { ...sentinels, REDIS_URL: plain }],
    [
      'redis:// and a setting for Sentinels that are not there',
      { REDIS_URL: plain, REDIS_SENTINEL_TLS: true },
    ],
  ])('are refused with %s: an "s" may be forgotten', (_, variables) => {
    for (const [name, file] of Object.entries(settings())) {
      const parse = () => parseTopology({ REDIS_SENTINEL_NAME: 'm', ...variables, [name]: file });
      expect(parse).toThrow(`${name}: is for TLS; REDIS_URL must begin with rediss://`);
    }
  });
});
