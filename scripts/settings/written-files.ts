import { formatted } from '../formatted.ts';
import { composeEnvironment, unknownInCompose } from './compose-environment.ts';
import { envExample } from './env-example.ts';
import { auditTables, providerTable, settingTables } from './tables.ts';

/** A file that this script writes in part. */
export interface WrittenFile {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** Every file with settings or events, as it is and as it should be. Throws if a file lacks its marks. */
export async function writtenFiles(read: (file: string) => string): Promise<readonly WrittenFile[]> {
  const unknown = unknownInCompose();
  if (unknown.length > 0)
    throw new Error(
      `scripts/settings/compose-environment.ts names what is not a setting: ${unknown.join(', ')}`,
    );

  const compose = read('docker-compose.yml');
  const environments = [
    ['both', '# Settings of both services, written by `npm run settings`.\nx-environment: &environment', 2],
    ['api', '# Settings of the api, written by `npm run settings`.', 6],
    ['issuer', '# Settings of the issuer, written by `npm run settings`.', 6],
  ] as const;
  const composed = environments.reduce((text, [group, begin, indentation]) => {
    const indent = ' '.repeat(indentation);
    const lines = composeEnvironment(group).map((line) => `${indent}${line}\n`);
    return withBlock('docker-compose.yml', text, begin, `\n${lines.join('')}${indent}`, '# End of settings.');
  }, compose);

  const operations = read('docs/operations.md');
  const tables = [
    ['provider', providerTable()],
    ['events', auditTables()],
    ['settings', settingTables()],
  ] as const;
  const described = tables.reduce((text, [name, table]) => {
    const begin = `<!-- Written by \`npm run settings\`: ${name} -->`;
    return withBlock('docs/operations.md', text, begin, `\n\n${table}\n\n`, '<!-- end -->');
  }, operations);
  return [
    { file: '.env.example', before: read('.env.example'), after: envExample() },
    { file: 'docker-compose.yml', before: compose, after: composed },
    {
      file: 'docs/operations.md',
      before: operations,
      after: await formatted('docs/operations.md', described),
    },
  ];
}

/** A text with another content between a mark that begins a block and the next one that ends it. */
function withBlock(file: string, text: string, begin: string, block: string, end: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${file} lacks its marks: ${begin} ... ${end}`);
  return `${text.slice(0, from + begin.length)}${block}${text.slice(to)}`;
}
