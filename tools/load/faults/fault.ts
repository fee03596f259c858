import { LoadError } from '../load-error.ts';

/** Something that is done to the deployment during the load, a number of seconds after its preparation. */
export type Fault = {
  /** As it was written. */
  readonly text: string;
  readonly atSeconds: number;
} & (
  | { readonly kind: 'kill' | 'restart'; readonly process: string }
  | { readonly kind: 'freeze'; readonly process: string; readonly seconds: number }
  /** A command of the operator's, for a shell. */
  | { readonly kind: 'run'; readonly command: string }
);

/** A process that faults can hit. */
export interface FaultTarget {
  readonly name: string;
  /** Ends it at once, without warning. */
  kill(): void;
  /** Kills it, and starts it again at the same place. */
  restart(): Promise<void>;
  /** Stops it where it is; it goes on with `thaw`. */
  freeze(): void;
  thaw(): void;
}

const examples = `'5s kill api 2', '5s restart redis', '5s freeze issuer 1 for 3s' or '5s run ./fail-over.sh'`;
const shape = /^(\d+(?:\.\d+)?)s (kill|restart|freeze|run) (.+)$/;
const frozen = /^(.+?) for (\d+(?:\.\d+)?)s$/;

/** No run is longer: a day. */
const longestSeconds = 86_400;

/** Reads one fault. Throws LoadError with a sentence that says how one is written. */
export function parseFault(text: string): Fault {
  const [, at = '', kind, rest = ''] = shape.exec(text.trim()) ?? [];
  const atSeconds = Number(at);
  const [, frozenProcess, frozenFor = '0'] = frozen.exec(rest) ?? [];
  if (Math.max(atSeconds, kind === 'freeze' ? Number(frozenFor) : 0) > longestSeconds)
    throw new LoadError(`--fault "${text}": no run is longer than ${longestSeconds} s.`);
  switch (kind) {
    case 'kill':
    case 'restart':
      return { text, atSeconds, kind, process: rest };
    case 'freeze': {
      if (frozenProcess === undefined)
        throw new LoadError(`--fault "${text}": say for how long, such as '${at}s freeze ${rest} for 3s'.`);
      return { text, atSeconds, kind, process: frozenProcess, seconds: Number(frozenFor) };
    }
    case 'run':
      return { text, atSeconds, kind, command: rest };
    default:
      throw new LoadError(`--fault "${text}": write when, what and to whom, such as ${examples}.`);
  }
}

/** Reads the faults for a stack, whose processes are known, or, where it is null, for a deployment, whose are not. Throws LoadError. */
export function parseFaults(
  texts: readonly string[],
  stack: { readonly apis: number; readonly issuers: number } | null,
): readonly Fault[] {
  const faults = texts.map(parseFault);
  if (stack !== null) {
    checkFaults(faults, ['redis', ...numbered('api', stack.apis), ...numbered('issuer', stack.issuers)]);
    return faults;
  }
  const unknown = faults.find(({ kind }) => kind !== 'run');
  if (unknown) {
    throw new LoadError(
      `--fault "${unknown.text}": only processes of a --stack are known here. For a deployment of yours, give a command that does it: '${unknown.atSeconds}s run COMMAND'.`,
    );
  }
  return faults;
}

const numbered = (kind: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`);

/** Throws LoadError when a fault names no process of the stack, or would leave none of its kind. */
function checkFaults(faults: readonly Fault[], processes: readonly string[]): void {
  const alive = new Set(processes);
  for (const fault of faults.toSorted((a, b) => a.atSeconds - b.atSeconds)) {
    if (fault.kind === 'run') continue;
    if (!alive.has(fault.process)) {
      throw new LoadError(
        `--fault "${fault.text}": there is no process "${fault.process}" then, only ${[...alive].join(', ')}.`,
      );
    }
    if (fault.kind !== 'kill') continue;
    alive.delete(fault.process);
    if (![...alive].some((name) => kindOf(name) === kindOf(fault.process))) {
      throw new LoadError(
        `--fault "${fault.text}": it is the only one of its kind, and without it nobody could collect a login. Restart it, or start more (--apis, --issuers).`,
      );
    }
  }
}

/** `api` of `api 2`. */
const kindOf = (name: string) => name.split(' ')[0];
