import { Secret } from './secret.ts';
import { parseSettings } from './settings.ts';
import { serviceSettings } from './shared-settings.ts';

const settings = serviceSettings('3001');

test('what is kept as a secret is marked as one, and so is the address of Redis, which may have a password', () => {
  // It is long and mixed enough to be a SECRET, too.
  const text = 'smtps://user:password@mail.nordhang.test';
  const isKept = ([, { parser }]: readonly [string, (typeof settings)[keyof typeof settings]]) =>
    parser.safeParse(text).data instanceof Secret;
  const kept = Object.entries(settings).filter(isKept);
  const marked = Object.entries(settings).filter(([, setting]) => 'secret' in setting && setting.secret);
  const names = marked.map(([name]) => name).toSorted();
  expect(names).toEqual(['REDIS_URL', ...kept.map(([name]) => name)].toSorted());
  expect(names).toContain('SECRET');
});

test.each([
  ['SETTINGS_MAY_DIFFER', 'PUBLIC_URL, NUMBER_MATCHING,ACCESS_TOKEN_TTL_SECONDS'],
  ['BRAND_NAME', 'N'],
  ['BRAND_NAME', `Nordhang & Söhne ${'x'.repeat(23)}`],
  ['IMPRINT_URL', 'https://example.com/imprint'],
  ['SUPPORT_URL', 'mailto:help@example.com'],
  ['OTEL_TRACES_SAMPLER_ARG', '0.25'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.0'],
  ['REDIS_URL', 'rediss://user:password@redis.example.com:6379/0'],
  ['REFRESH_TOKEN_IDLE_SECONDS', '315360000'],
])('%s=%s is taken', (name, value) => {
  expect(parseSettings({ [name]: value }, settings)).toHaveProperty(name);
});

test.each([
  [
    'SETTINGS_MAY_DIFFER',
    'PUBLIC_URL,SECRET',
    'may name PUBLIC_URL, NUMBER_MATCHING, ACCESS_TOKEN_TTL_SECONDS,',
  ],
  ['BRAND_NAME', 'x'.repeat(41), 'must be a name of 1 to 40 characters on one line'],
  ['BRAND_NAME', ' Nordhang', 'must be a name'],
  ['BRAND_NAME', 'Nord\nhang', 'must be a name'],
  ['BRAND_NAME', '<b>Nordhang</b>', 'must be a name'],
  ['IMPRINT_URL', 'javascript:alert(1)', 'must be a URL such as https://example.com/imprint'],
  ['SUPPORT_URL', 'javascript:alert(1)', 'must be a URL such as https://example.com/help or mailto:'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector:4317', 'must be a URL such as http://collector:4318'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.1', 'must be a number from 0 to 1'],
  ['OTEL_TRACES_SAMPLER_ARG', '50%', 'must be a number from 0 to 1'],
  ['REDIS_URL', '127.0.0.1:6379', 'must be a URL such as redis://127.0.0.1:6379'],
  ['REFRESH_TOKEN_IDLE_SECONDS', '315360001', 'must be a whole number from 60 to 315360000'],
])('%s=%j is refused', (name, value, sentence) => {
  expect(() => parseSettings({ [name]: value }, settings)).toThrow(`${name}: ${sentence}`);
});
