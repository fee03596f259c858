import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { misspeltSettings } from '@ravi/runtime';
import { writtenFiles } from '../../scripts/settings/written-files.ts';
import { apiSettings } from '../../services/api/src/settings.ts';
import { issuerSettings } from '../../services/issuer/src/settings.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What is out of date, read so. */
async function stale(read: (file: string) => string): Promise<readonly string[]> {
  const files = await writtenFiles(read);
  return files
    .filter(({ before, after }) => before !== after)
    .map(({ file }) => `${file} is out of date: run npm run settings`);
}

test('.env.example, docker-compose.yml and docs/operations.md say of settings and audit events what the lists say', async () => {
  expect(await stale(read)).toEqual([]);
});

test.each([
  ['.env.example', 'DEVICE_CODE_TTL_SECONDS=900', 'DEVICE_CODE_TTL_SECONDS=600'],
  ['.env.example', '\n#SMTP_URL=\n', '\n'],
  ['docker-compose.yml', '  SHUTDOWN_SECONDS: ${SHUTDOWN_SECONDS:-}\n', ''],
  ['docker-compose.yml', 'WEBHOOK_EVENTS: ${WEBHOOK_EVENTS:-}', 'WEBHOOK_EVENT: ${WEBHOOK_EVENT:-}'],
  ['docs/operations.md', '1 to 86400 seconds', '1 to 3600 seconds'],
  ['docs/operations.md', '`reuse_detected` ', '`reuse_found`    '],
  ['docs/operations.md', '`OIDC_CORP_LABEL` ', '`OIDC_CORP_TITLE` '],
])('a change of %s by hand is noticed: %s', async (file, from, to) => {
  const text = read(file);
  expect(text).toContain(from);
  const changed = (name: string) => (name === file ? text.replace(from, to) : read(name));
  expect(await stale(changed)).toEqual([`${file} is out of date: run npm run settings`]);
});

test('a setting of one service is never taken for a misspelt one of the other: both may have the same environment', () => {
  const [api, issuer] = [Object.keys(apiSettings), Object.keys(issuerSettings)];
  const all = Object.fromEntries([...api, ...issuer].map((name) => [name, 'x']));
  for (const names of [api, issuer]) {
    for (const [name, value] of Object.entries(all)) {
      expect(misspeltSettings({ [name]: value }, { names })).toEqual([]);
    }
  }
});

test.each([
  ['api', apiSettings],
  ['issuer', issuerSettings],
])(
  'the %s reads every setting that it takes: one that it does not read would change nothing',
  (service, settings) => {
    const isList = (file: string) => /settings\.ts$|\.test\.ts$/.test(file);
    const sources = globSync([`services/${service}/src/**/*.ts`, 'packages/*/src/**/*.ts'], { cwd: root });
    const text = sources
      .filter((file) => !isList(file))
      .map(read)
      .join('\n');
    expect(Object.keys(settings).filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  },
);
