import { type Env, presentVariables } from './env.ts';
import { nearestName } from './nearest-name.ts';

/** The names that a service knows. */
export interface KnownSettings {
  readonly names: Iterable<string>;
  /** What starts like this is for this service alone: a name that is not known is refused, however far it is from a known one. */
  readonly ownPrefixes?: readonly string[];
}

/** Names that are near to one of ours, and that other programs read. */
const namesOfOthers = new Set(['ADMIN_HOST', 'DATADIR', 'LOGLEVEL', 'MAILFROM']);

/** What Docker links and Kubernetes set for each service of the network: `REDIS_PORT_6379_TCP`, `REDIS_SERVICE_HOST`. */
const ofTheNetwork = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/;

/** How people end a name that is a duration. */
const unit = /_(?:S|SECS?|SECONDS?|MS|MILLIS(?:ECONDS)?|MIN(?:UTE)?S?|HOURS?)$/;
const withoutUnit = (name: string) => name.replace(unit, '');

/**
 * One sentence for each variable whose name is almost that of a setting, with the name that is probably meant. An environment holds
 * variables of many programs, so that only these are refused: those of a few slips, those with another unit or none, and those
 * with a prefix of our own.
 */
export function misspeltSettings(env: Env, { names, ownPrefixes = [] }: KnownSettings): readonly string[] {
  const present = presentVariables(env);
  const known = new Set(names);
  const stems = new Map([...known].map((name) => [withoutUnit(name), name]));
  const isOfOthers = (name: string) =>
    namesOfOthers.has(name) ||
    ofTheNetwork.test(name) ||
    // The same in another program's words, where ours is set too: REDIS_URI beside REDIS_URL.
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
