import { LoadError } from '../../tools/load/load-error.ts';
import { parseOptions } from '../../tools/load/options.ts';

const refused = (...args: string[]) => {
  try {
    parseOptions(args, undefined);
  } catch (error) {
    if (error instanceof LoadError) return error.message;
    throw error;
  }
  return 'not refused';
};

test.each(['http://example.com', 'http://192.0.2.1:3000', 'https://127.0.0.1.example.com'])(
  'a target that is not on this machine is refused: %s',
  (url) => {
    expect(refused('start', '--url', url)).toContain('--i-own-this');
    expect(parseOptions(['start', '--url', url, '--i-own-this'], undefined)).toMatchObject({ url });
  },
);

test.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
  'a target on this machine is taken: %s',
  (url) => {
    expect(parseOptions(['start', '--url', url], undefined)).toMatchObject({ scenario: 'start', url });
  },
);

test('a scenario that approves does so only when told to, or on a stack of its own', () => {
  expect(refused('fanout', '--url', 'http://127.0.0.1:3000')).toContain('--approve');
  expect(parseOptions(['fanout', '--stack'], undefined)).toMatchObject({ approve: true, clients: 10_000 });
  expect(parseOptions(['hold', '--stack'], undefined)).toMatchObject({ approve: false });
});

test('every run is bounded in count and time', () => {
  expect(refused('hold', '--stack', '--clients', '10000000')).toContain('--clients must be from 1 to 200000');
  expect(refused('soak', '--stack', '--seconds', '1e9')).toContain('--seconds must be from 1 to 86400');
  expect(refused('soak', '--stack', '--seconds', '-3')).toContain('not "-3"');
  expect(refused('login', '--stack', '--rate', 'fast')).toContain('--rate must be');
});

test('a flag that means nothing to the scenario is refused: what is recorded of a run is what made it', () => {
  expect(refused('start', '--stack', '--clients', '7')).toMatch(
    /^--clients has no meaning for "start", which takes/,
  );
  expect(refused('fanout', '--stack', '--seconds', '9')).toContain('--seconds has no meaning for "fanout"');
});

test('what is for a stack, or for an account that approves, is refused where it would do nothing', () => {
  const here = ['--url', 'http://127.0.0.1:3000'];
  expect(refused('start', ...here, '--apis', '2')).toMatch(/^--apis is for a --stack/);
  expect(refused('start', ...here, '--issuers', '2')).toMatch(/^--issuers is for a --stack/);
  expect(refused('login', '--stack', '--email', 'a@example.com')).toContain('a new --stack has no accounts');
  expect(refused('start', ...here, '--email', 'a@example.com')).toBe(
    '--email has no meaning for "start", which approves nothing.',
  );
});

test('metrics of another machine are read only by who owns it, as the target is', () => {
  const args = ['start', '--url', 'http://127.0.0.1:3000', '--metrics', 'http://example.com/metrics'];
  expect(refused(...args)).toContain('--i-own-this');
  expect(parseOptions([...args, '--i-own-this'], undefined)).not.toBeNull();
});

test('the addresses of a balancer are those of a deployment, and foreign ones are refused as it is', () => {
  const args = ['start', '--url', 'https://localhost:3000', '--address', '127.0.0.2', '--address'];
  expect(parseOptions([...args, '::1'], undefined)).toMatchObject({ addresses: ['127.0.0.2', '::1'] });
  expect(refused(...args, '192.0.2.1')).toContain('--i-own-this');
  expect(refused(...args, 'balancer-2')).toBe('--address must be an IP address, not "balancer-2".');
  expect(refused('start', '--stack', '--address', '::1')).toBe('--address is for a deployment with a --url.');
});

test('a password is never taken from the command line', () => {
  const args = ['login', '--url', 'http://127.0.0.1:3000', '--approve', '--email', 'a@example.com'];
  expect(refused(...args)).toContain('LOAD_PASSWORD');
  expect(parseOptions(args, 'secret')).toMatchObject({
    account: { email: 'a@example.com', password: 'secret' },
  });
});

test('what makes no sense is answered with a sentence', () => {
  expect(refused('dance', '--stack')).toMatch(
    /^Name one scenario: start, poll.*, not "dance"\. See --help\.$/,
  );
  expect(refused('start')).toContain('either --url URL or --stack');
  expect(refused('start', '--sttack')).toBe("Unknown option '--sttack'. See --help.");
  expect(refused('start', '--stack', '--seconds')).toBe(
    "Option '--seconds <value>' argument missing. See --help.",
  );
  expect(parseOptions(['--help'], undefined)).toBeNull();
});

test('a rate that is not given is that of the scenario, however many processes share it', () => {
  expect(parseOptions(['login', '--stack', '--processes', '4'], undefined)?.rate).toBe(100);
  expect(parseOptions(['soak', '--stack'], undefined)?.rate).toBe(20);
  expect(parseOptions(['fanout', '--stack'], undefined)?.rate).toBeNull();
});

test('a requirement that no run of the scenario could be held to is refused before it begins', () => {
  const required = (text: string) => refused('fanout', '--stack', '--require', text);
  expect(required('answer.p99')).toMatch(
    /^--require "answer\.p99": write a figure, one of < <= > >= =, and a value/,
  );
  expect(required('losses=0')).toContain('A figure is a count (lost, doubled, failed, unavailable)');
  expect(required('poll.p50<5ms')).toContain('does not measure "poll", only a count');
  expect(required('answer.p99<50')).toContain('answer.p99 needs the unit ms or s');
  expect(required('lost=0ms')).toContain('lost has no unit "ms"');
  for (const figure of ['lost', 'doubled'])
    expect(refused('hold', '--stack', '--require', `${figure}=0`)).toContain(
      `approves nothing, so that no login could be ${figure}`,
    );
  const options = parseOptions(
    ['fanout', '--stack', '--require', 'lost=0', '--require', 'pace >= 5/s'],
    undefined,
  );
  expect(options?.requirements).toHaveLength(2);
});

test('the command of a run is told as a shell takes it', () => {
  expect(parseOptions(['start', '--stack', '--out', "it's here"], undefined)?.command).toBe(
    String.raw`npm run load -- start --stack --out 'it'\''s here'`,
  );
});
