import { secretFingerprints, type ServiceKeyGenerations } from './service-keys.ts';
import { lifetimeSettings } from './credential-lifetime-settings.ts';

/** Of each setting the value in use, then those that are accepted as well. */
export type AgreedSettings = Readonly<Record<string, readonly [string, ...string[]]>>;

/** What a service read of the settings on which all processes must agree. */
export interface ReadForAgreement {
  readonly values: Readonly<Record<string, unknown>>;
  readonly publicUrl: string;
  readonly keys: ServiceKeyGenerations;
  /** Settings that may differ for a while. */
  readonly mayDiffer: readonly string[];
}

/** The settings on which all processes must agree, for the others to compare: `SECRET` as fingerprints. */
export function agreedSettings({ values, publicUrl, keys, mayDiffer }: ReadForAgreement): AgreedSettings {
  const compared = [...Object.keys(lifetimeSettings), 'NUMBER_MATCHING'].flatMap((name) =>
    name in values ? [[name, [String(values[name])]] as const] : [],
  );
  const all = { SECRET: secretFingerprints(keys), PUBLIC_URL: [publicUrl], ...Object.fromEntries(compared) };
  const agreed = Object.entries<readonly string[]>(all).filter(([name]) => !mayDiffer.includes(name));
  return Object.fromEntries(agreed.map(([name, [used = '', ...accepted]]) => [name, [used, ...accepted]]));
}
