import { createLogger } from './logger.ts';

/** The lines that a logger writes while `log` runs. */
function linesOf(log: (logger: ReturnType<typeof createLogger>) => void): readonly Record<string, unknown>[] {
  const lines: string[] = [];
  const options = { service: 'api', instance: 'one', level: 'info' } as const;
  log(createLogger(options, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** @shows secrets in logs */
test('a list that contains itself is logged, and ends nothing', () => {
  const all: unknown[] = [1];
  all.push(all);
  expect(linesOf((logger) => logger.info({ all }, 'listed'))).toMatchObject([{ msg: 'listed' }]);
});

test('no secret reaches a line: neither as a field nor one level below, in an object or a list', () => {
  const secret = 'ravi_mgmt_secret';
  const [line = {}] = linesOf((logger) =>
    logger.info(
      {
        loginId: 'id',
        device_code: secret,
        answer: {
          access: secret,
          refresh: secret,
          management_key: secret,
          identity_key: secret,
          user: { id: 7 },
        },
        all: [secret.length, { refresh: secret, id: 8 }],
      },
      'collected',
    ),
  );
  expect(JSON.stringify(line)).not.toContain(secret);
  expect(line).toMatchObject({
    loginId: 'id',
    device_code: '[secret]',
    answer: { access: '[secret]', user: { id: 7 } },
    all: [secret.length, { refresh: '[secret]', id: 8 }],
    msg: 'collected',
  });
});

test('what is logged stays as it was, and an error keeps what explains it and not the command that failed', () => {
  const fields = { headers: { cookie: 'x' } };
  const error = Object.assign(new Error('Command timed out'), { command: { args: ['secret'] }, code: 'X' });
  const [line = {}] = linesOf((logger) => logger.warn({ ...fields, error }, 'failed'));
  expect(line).toMatchObject({ headers: '[secret]', error: { message: 'Command timed out', code: 'X' } });
  expect(JSON.stringify(line)).not.toContain('args');
  expect(fields).toEqual({ headers: { cookie: 'x' } });
});

test('what is no secret is logged as it is, also nothing and what refers to itself', () => {
  const around: Record<string, unknown> = { id: 7 };
  around['around'] = around;
  const [line = {}] = linesOf((logger) =>
    logger.info({ keyId: null, names: ['one', 'two'], of: { words: 'three' }, around }, 'noted'),
  );
  expect(line).toMatchObject({
    level: 'info',
    service: 'api',
    instance: 'one',
    keyId: null,
    names: ['one', 'two'],
    of: { words: 'three' },
    around: { id: 7 },
  });
});

test.each<[string, unknown, object]>([
  [
    'an error with what caused it',
    new RangeError('outer', { cause: Object.assign(new Error('inner'), { code: 'X' }) }),
    {
      type: 'RangeError',
      message: 'outer',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { type: 'Error', message: 'inner', code: 'X', stack: expect.any(String) },
    },
  ],
  [
    'an error that quotes much',
    new Error('much'.repeat(1_000)),
    {
      type: 'Error',
      message: 'much'.repeat(500),
      stack: expect.stringMatching(/^Error: (much){500}\n +at /),
    },
  ],
  ['an error alone', new Error('alone'), { type: 'Error', message: 'alone', stack: expect.any(String) }],
  [
    'what was thrown and is no error, and may be a secret,',
    'ravi_mgmt_secret',
    { message: 'a value that is not an Error was thrown' },
  ],
])('%s is told by what is known of it', (_, error, told) => {
  const [line = {}] = linesOf((logger) => logger.warn({ error }, 'failed'));
  expect(line['error']).toEqual(told);
});
