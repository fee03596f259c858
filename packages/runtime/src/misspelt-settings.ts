import { type Env, presentVariables } from './env.ts';
import { nearestName } from './nearest-name.ts';

export interface KnownSettings {
  readonly names: Iterable<string>;
  /** Prefixes that only this service uses: an unknown name with one is refused, even if it resembles no known name. */
  readonly ownPrefixes?: readonly string[];
}

/** Names that resemble one of ours, but that other programs read. */
const namesOfOthers = new Set(['ADMIN_HOST', 'DATADIR', 'LOGLEVEL', 'MAILFROM']);

/** Variables that Docker links and Kubernetes set for each service of the network: `REDIS_PORT_6379_TCP`, `REDIS_SERVICE_HOST`. */
const ofTheNetwork = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/;

/** Suffixes that people use for durations. */
const unit = /_(?:S|SECS?|SECONDS?|MS|MILLIS(?:ECONDS)?|MIN(?:UTE)?S?|HOURS?)$/;
const withoutUnit = (name: string) => name.replace(unit, '');

/**
 * One sentence for each variable whose name is almost that of a setting, with the name that is probably meant. An environment has
 * variables of many programs, so only these are refused: names with a few typing errors, with another unit or none, and with a
 * prefix of ours.
 */
export function misspeltSettings(env: Env, { names, ownPrefixes = [] }: KnownSettings): readonly string[] {
  const present = presentVariables(env);
  const known = new Set(names);
  const stems = new Map([...known].map((name) => [withoutUnit(name), name]));
  const isOfOthers = (name: string) =>
    namesOfOthers.has(name) ||
    ofTheNetwork.test(name) ||
    // Another program's name for the same, if ours is set too: REDIS_URI beside REDIS_URL.
    (name.endsWith('_URI') && present.has(name.replace(/I$/, 'L')));
  return [...present.keys()].flatMap((name) => {
    if (known.has(name) || isOfOthers(name)) return [];
    const stem = withoutUnit(name);
    const meant = nearestName(name, known) ?? (stem.includes('_') ? stems.get(stem) : undefined);
    if (meant !== undefined) return [`${name}: is not a setting; did you mean ${meant}?`];
    const prefix = ownPrefixes.find((prefix) => name.startsWith(prefix));
    if (prefix === undefined) return [];
    const family = [...known].filter((name) => name.startsWith(prefix));
    return [`${name}: is not a setting; those that start with ${prefix} are ${family.join(', ')}`];
  });
}
