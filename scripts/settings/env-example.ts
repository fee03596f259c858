import { type NamedSetting, settingGroups, settingsOfProvider } from './setting-groups.ts';

const width = 120;

// Commented out: in a copy as .env these defaults would take the place of those of docker-compose.yml, and of a later release.
const head = `# Every setting of the two services, with its default. Copy what you change into .env, without the # before its name:
# \`npm run start:api\`, \`npm run start:issuer\` and the tools read it, docker-compose.yml what it names; \`npm start\` does not.
# An empty value counts as absent. "production" means NODE_ENV=production. Written by \`npm run settings\` from the lists in
# settings.ts of each service.
`;

export function envExample(): string {
  const { both, api, issuer } = settingGroups;
  return [head, section('Both services', both), section('api', api), section('issuer', issuer)].join('\n');
}

function section(title: string, settings: readonly NamedSetting[]): string {
  return [`# --- ${title}\n`, ...settings.map(entry)].join('\n');
}

function entry(setting: NamedSetting): string {
  const { name, help, takes, requiredInProduction, orElse, otherwise, details = [] } = setting;
  const facts = [
    takes === undefined ? '' : `Takes: ${takes}.`,
    requiredInProduction !== undefined && !orElse ? 'Required in production.' : '',
    otherwise === undefined ? '' : `Default: ${otherwise}`,
  ];
  const more = [...details, ...(name === 'OIDC_PROVIDERS' ? providerLines() : [])];
  const lines = [
    ...wrapped(help, 2),
    ...wrapped(facts.filter(Boolean).join(' '), 2),
    ...more.map((line) => `  ${line}`),
  ];
  return `${lines.map((line) => `# ${line}\n`).join('')}#${name}=${setting.default ?? ''}\n`;
}

function providerLines(): readonly string[] {
  return settingsOfProvider('GOOGLE').flatMap(({ name, help, otherwise, default: text = otherwise }) => {
    const lines = wrapped(`${help} Default: ${text}`, 8);
    return [`${name}=`].concat(lines.map((line) => `    ${line}`));
  });
}

/** Wraps a text into lines of a readable width after an indentation; none for an empty text. */
function wrapped(text: string, indentation: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const line = lines.at(-1);
    if (line !== undefined && indentation + line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
