import { auditEvents, auditFields } from '@ravi/audit';
import { type NamedSetting, settingGroups, settingsOfProvider } from './setting-groups.ts';

/** The table of every setting, for docs/operations.md. */
export function settingTables(): string {
  const { both, api, issuer } = settingGroups;
  return [
    `Both services:\n\n${settingTable(both)}`,
    `The api:\n\n${settingTable(api)}`,
    `The issuer:\n\n${settingTable(issuer)}`,
  ].join('\n\n');
}

/** The table of the settings that each provider has, for docs/operations.md. */
export function providerTable(): string {
  return settingTable(settingsOfProvider('CORP'));
}

/** The tables of the audit log's events and of their fields. */
export function auditTables(): string {
  const events = Object.entries(auditEvents).map(([name, event]) => {
    const optional = 'optional' in event ? event.optional.map((field) => `${code(field)}?`) : [];
    return [code(name), event.when, [...event.fields.map(code), ...optional].join(', ')];
  });
  const fields = Object.entries(auditFields).map(([name, holds]) => [code(name), holds]);
  return [
    table(['event', 'when', 'fields'], events),
    'An event has a field with a question mark only if it is known.',
    table(['field', 'holds'], fields),
  ].join('\n\n');
}

function settingTable(settings: readonly NamedSetting[]): string {
  return table(
    ['setting', 'takes', 'default', 'what it is'],
    settings.map((setting) => {
      const { name, takes = '', otherwise = '', help, secret, requiredInProduction, orElse } = setting;
      const marks = [
        requiredInProduction !== undefined && !orElse ? 'Required in production.' : '',
        secret ? 'A secret.' : '',
      ];
      const value = setting.default === undefined ? otherwise : code(setting.default);
      return [code(name), takes, value, [help, ...marks].filter(Boolean).join(' ')];
    }),
  );
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n');
}

const row = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const code = (text: string) => `\`${text}\``;
