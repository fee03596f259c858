import { isIP, isIPv6 } from 'node:net';
import { parseArgs, types } from 'node:util';
import type { Secret } from '@ravi/runtime';
import { parseTarget } from './client/target.ts';
import type { Account } from './client/session.ts';
import { type Fault, parseFaults } from './faults/fault.ts';
import { LoadError } from './load-error.ts';
import { readLoadKey } from './machines/load-key.ts';
import { type MachineAddress, parseMachineAddress } from './machines/machine-address.ts';
import { parseRequirement, type Requirement } from './measuring/requirements.ts';
import { type Amount, type ScenarioEntry, type ScenarioName, scenarios } from './scenarios/index.ts';

export interface LoadOptions {
  readonly scenario: ScenarioName;
  /** Null: a stack of our own. */
  readonly url: string | null;
  /** In place of those that the URL's name leads to; may be none. */
  readonly addresses: readonly string[];
  readonly stack: { readonly apis: number; readonly issuers: number };
  readonly clients: number;
  readonly connections: number;
  readonly rate: number | null;
  readonly seconds: number;
  /** The rate rises for this time before anything is measured. */
  readonly rampSeconds: number;
  readonly thinkMs: number;
  /** The machines that make the load, and the key that they share; null: this one. */
  readonly machines: Machines | null;
  /** Of each machine. Null: as many as the file limit requires. */
  readonly processes: number | null;
  readonly approve: boolean;
  readonly account: Account | null;
  readonly metricsUrls: readonly string[];
  /** The result of an earlier run to compare with; null for none. */
  readonly against: string | null;
  /** What is done to the deployment meanwhile. */
  readonly faults: readonly Fault[];
  /** The port of this machine on which the page shows the run while it goes on; null for none. */
  readonly livePort: number | null;
  /** What must be so at the end. */
  readonly requirements: readonly Requirement[];
  /** The command line that makes the same run again; never with a password. */
  readonly command: string;
  readonly outDir: string;
}

/** Other machines that make the load. */
export interface Machines {
  readonly addresses: readonly [MachineAddress, ...MachineAddress[]];
  readonly key: Secret;
}

/** Flags with a number: the smallest and the largest sensible value; others are probably typing errors. */
const bounds = {
  clients: [1, 200_000],
  connections: [1, 4_000],
  rate: [0.01, 100_000],
  seconds: [1, 86_400],
  ramp: [0, 3_600],
  think: [0, 600_000],
  processes: [1, 64],
  apis: [1, 32],
  issuers: [1, 32],
  live: [0, 65_535],
} as const;

const amounts = [
  'clients',
  'connections',
  'rate',
  'ramp',
  'seconds',
  'think',
] as const satisfies readonly Amount[];

const flags = {
  url: { type: 'string' },
  address: { type: 'string', multiple: true },
  machine: { type: 'string', multiple: true },
  stack: { type: 'boolean', default: false },
  apis: { type: 'string' },
  issuers: { type: 'string' },
  clients: { type: 'string' },
  connections: { type: 'string' },
  rate: { type: 'string' },
  seconds: { type: 'string' },
  ramp: { type: 'string' },
  think: { type: 'string' },
  processes: { type: 'string' },
  approve: { type: 'boolean', default: false },
  email: { type: 'string' },
  metrics: { type: 'string', multiple: true },
  require: { type: 'string', multiple: true },
  fault: { type: 'string', multiple: true },
  live: { type: 'string' },
  against: { type: 'string' },
  out: { type: 'string', default: 'artifacts/load' },
  'i-own-this': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Reads the command line; null when it asks for help. `password`, that of `--email`, and `loadKey`, that of the `--machine`s, are from the
 * environment, since others can see a command line. Throws LoadError with a sentence that says what to change.
 */
export function parseOptions(
  args: readonly string[],
  password: string | undefined,
  loadKey?: string,
): LoadOptions | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  const [name, ...rest] = positionals;
  if (!isScenario(name) || rest.length > 0) {
    const given = positionals.length === 0 ? '' : `, not "${positionals.join(' ')}"`;
    throw new LoadError(`Name one scenario: ${Object.keys(scenarios).join(', ')}${given}. See --help.`);
  }
  const whole = <Fallback>(flag: keyof typeof bounds, fallback: Fallback) =>
    numberOf(flag, values[flag], fallback);
  const { defaults, approves, takes, measures }: ScenarioEntry = scenarios[name];
  const idle = amounts.find((amount) => values[amount] !== undefined && !takes.includes(amount));
  if (idle !== undefined) {
    const list = takes.map((amount) => `--${amount}`).join(', ');
    throw new LoadError(`--${idle} has no meaning for "${name}", which takes ${list}. See --help.`);
  }
  if ((values.url === undefined) === !values.stack)
    throw new LoadError('Name the target: either --url URL or --stack.');
  if (values.url !== undefined) refuseForeignTarget('url', values.url, values['i-own-this']);
  const addresses = addressesOf(values.address ?? [], values.url, values['i-own-this']);
  for (const url of values.metrics ?? []) refuseForeignTarget('metrics', url, values['i-own-this']);
  if (approves && !values.stack && !values.approve) {
    throw new LoadError(
      `"${name}" needs approvals: add --approve, which approves through the target's API, with a new account or that of --email.`,
    );
  }
  refuseIdle(values, name);
  if (values.email !== undefined && password === undefined) {
    throw new LoadError('With --email, set the password in the environment variable LOAD_PASSWORD.');
  }
  const stack = { apis: whole('apis', 1), issuers: whole('issuers', 1) };
  return {
    scenario: name,
    url: values.url ?? null,
    addresses,
    stack,
    clients: whole('clients', defaults.clients),
    connections: whole('connections', 64),
    rate: whole('rate', defaults.rate ?? null),
    seconds: whole('seconds', defaults.seconds),
    rampSeconds: whole('ramp', 0),
    thinkMs: whole('think', 100),
    machines: machinesOf(values.machine ?? [], values.stack, loadKey),
    processes: whole('processes', null),
    approve: approves,
    account: values.email === undefined ? null : { email: values.email, password: password ?? '' },
    metricsUrls: values.metrics ?? [],
    against: values.against ?? null,
    faults: parseFaults(values.fault ?? [], values.stack ? stack : null),
    livePort: whole('live', null),
    requirements: (values.require ?? []).map((text) => parseRequirement(text, { approves, measures })),
    command: `npm run load -- ${args.map(quoted).join(' ')}`,
    outDir: values.out,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: joinNegative(args), options: flags, allowPositionals: true });
  } catch (error) {
    const message = types.isNativeError(error) ? error.message : 'The command line is not valid';
    // The rest of Node's message suggests workarounds that do not apply here.
    throw new LoadError(`${message.split(/\. |\n/)[0]?.replace(/\.$/, '')}. See --help.`);
  }
}

/** Throws LoadError for an option that would do nothing for this target, or in this scenario. */
function refuseIdle(
  { stack, email, ...values }: ReturnType<typeof parse>['values'],
  name: ScenarioName,
): void {
  const ofStack = (['apis', 'issuers'] as const).find((flag) => values[flag] !== undefined);
  if (ofStack !== undefined && !stack) {
    throw new LoadError(
      `--${ofStack} is for a --stack: a deployment with a --url has the processes that it has.`,
    );
  }
  if (email === undefined) return;
  if (stack) throw new LoadError('--email is for a deployment with a --url: a new --stack has no accounts.');
  if (!scenarios[name].approves)
    throw new LoadError(`--email has no meaning for "${name}", which approves nothing.`);
}

/** An argument as a shell takes it. */
const quoted = (arg: string) =>
  /^[\w./:=@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`;

/** Turns `--rate -3` into `--rate=-3`, which Node would call ambiguous, so that the bounds check reports it. */
function joinNegative(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const flag = joined.at(-1);
    if (/^-\d/.test(arg) && flag?.startsWith('--')) joined.splice(-1, 1, `${flag}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

function numberOf<Fallback>(flag: keyof typeof bounds, text: string | undefined, fallback: Fallback) {
  if (text === undefined) return fallback;
  const value = Number(text.replaceAll('_', ''));
  const [min, max] = bounds[flag];
  const fits = flag === 'rate' ? Number.isFinite(value) : Number.isInteger(value);
  if (!fits || value < min || value > max)
    throw new LoadError(`--${flag} must be from ${min} to ${max}, not "${text}".`);
  return value;
}

/** The addresses of the deployment that a URL names, such as those of a balancer. */
function addressesOf(texts: readonly string[], url: string | undefined, owned: boolean): readonly string[] {
  for (const text of texts) {
    if (url === undefined) throw new LoadError('--address is for a deployment with a --url.');
    if (isIP(text) === 0) throw new LoadError(`--address must be an IP address, not "${text}".`);
    refuseForeignTarget('address', `http://${hostInUrl(text)}`, owned);
  }
  return texts;
}

/** The machines that make the load. A stack of our own is reached from this one alone. */
function machinesOf(
  texts: readonly string[],
  onStack: boolean,
  loadKey: string | undefined,
): Machines | null {
  const [first, ...others] = texts.map((text) => parseMachineAddress('--machine', text, 1));
  if (first === undefined) return null;
  const foreign = [first, ...others].find(({ host }) => !parseTarget(`http://${hostInUrl(host)}`).loopback);
  if (onStack && foreign !== undefined)
    throw new LoadError(
      `--machine ${foreign.host} cannot reach a --stack, which is on this machine: use --url.`,
    );
  return { addresses: [first, ...others], key: readLoadKey(loadKey) };
}

const hostInUrl = (host: string) => (isIPv6(host) ? `[${host}]` : host);

function refuseForeignTarget(flag: string, url: string, owned: boolean): void {
  let loopback: boolean;
  try {
    ({ loopback } = parseTarget(url));
  } catch (error) {
    throw new LoadError(`--${flag}: ${error instanceof Error ? error.message : 'not usable'}.`);
  }
  if (!loopback && !owned) {
    throw new LoadError(
      `${url} is not on this machine. Load makes a service slow or dead for everyone: only with --i-own-this, for what you own.`,
    );
  }
}

function isScenario(name: string | undefined): name is ScenarioName {
  return name !== undefined && Object.hasOwn(scenarios, name);
}
