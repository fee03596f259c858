import type { Setting, SettingText } from '@ravi/runtime';
import { apiSettings, providerSettings } from '../../services/api/src/settings.ts';
import { issuerSettings } from '../../services/issuer/src/settings.ts';

/** A setting with its name, as operators see it. */
export interface NamedSetting extends Omit<Setting, 'parser'> {
  readonly name: string;
  /** The values that it accepts, in a few words. */
  readonly takes?: string | undefined;
}

/** The settings of both services, and those of each alone. */
export interface SettingGroups {
  readonly both: readonly NamedSetting[];
  readonly api: readonly NamedSetting[];
  readonly issuer: readonly NamedSetting[];
}

const api = new Map<string, Setting>(Object.entries(apiSettings));
const issuer = new Map<string, Setting>(Object.entries(issuerSettings));

const named = ([name, { parser, ...text }]: readonly [string, Setting]): NamedSetting => {
  const takes = parser.description;
  return { ...text, name, takes: text.unit === undefined ? takes : `${takes} ${text.unit}` };
};

/** The services' lists, grouped by the services that read them. */
export const settingGroups: SettingGroups = {
  both: [...api].filter(([name]) => issuer.has(name)).map(shared),
  api: [...api].filter(([name]) => !issuer.has(name)).map(named),
  issuer: [...issuer].filter(([name]) => !api.has(name)).map(named),
};

/** The settings of one OpenID provider, with the names for this id. */
export function settingsOfProvider(id: string): readonly NamedSetting[] {
  const ofProvider = ([member, text]: readonly [string, SettingText]): NamedSetting => ({
    ...text,
    name: `OIDC_${id}_${member}`,
  });
  return Object.entries(providerSettings).map(ofProvider);
}

/** A setting of both services, whose default may differ between them. */
function shared([name, setting]: readonly [string, Setting]): NamedSetting {
  const { default: atApi, ...rest } = named([name, setting]);
  const atIssuer = issuer.get(name)?.default;
  if (atApi === undefined) return rest;
  if (atApi === atIssuer) return { ...rest, default: atApi };
  return { ...rest, otherwise: `${atApi} (api), ${atIssuer} (issuer)` };
}
