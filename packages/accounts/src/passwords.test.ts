import { Passwords, PasswordsBusy } from './passwords.ts';

const decoyed = (passwords: Passwords, party: string) =>
  passwords.inTurn(party, ({ verify }) => verify(null, 'no account has this password'));

test('a password fits its own hash and no other', async () => {
  await new Passwords().inTurn('one', async ({ hash, verify }) => {
    const hashed = await hash('correct horse');
    expect(hashed).toMatch(/^\$argon2id\$/);
    expect(await verify(hashed, 'correct horse')).toBe(true);
    expect(await verify(hashed, 'wrong horse')).toBe(false);
  });
});

/** @shows password guessing */
test('trying one password costs at least what OWASP asks for: 19 MiB, twice', async () => {
  const hashed = await new Passwords().inTurn('one', ({ hash }) => hash('correct horse'));
  const cost = (name: string) => Number(new RegExp(`[$,]${name}=(\\d+)[$,]`).exec(hashed)?.[1]);
  expect(cost('m')).toBeGreaterThanOrEqual(19 * 1024);
  expect(cost('t')).toBeGreaterThanOrEqual(2);
});

test('without an account no password fits', async () => {
  expect(await decoyed(new Passwords(), 'one')).toBe(false);
});

/** @shows password guessing, ASVS V6.3.1 */
test('an unknown account takes its turn at the same hash as a known one, so that time does not tell them apart', async () => {
  const passwords = new Passwords();
  const order: string[] = [];
  const known = await passwords.inTurn('one', ({ hash }) => hash('correct horse'));
  await Promise.all(
    ['unknown', 'known', 'unknown', 'known'].map(async (kind) => {
      await passwords.inTurn('one', ({ verify }) => verify(kind === 'known' ? known : null, 'x'));
      order.push(kind);
    }),
  );
  expect(order).toEqual(['unknown', 'known', 'unknown', 'known']);
});

/** @shows flooding */
test('a rush is turned away instead of queueing for minutes, and another network goes on', async () => {
  const passwords = new Passwords(16);
  const over: string[] = [];
  const attempt = async (party: string) => {
    const ended = await decoyed(passwords, party).catch((error: unknown) => error);
    over.push(ended instanceof PasswordsBusy ? 'refused' : party);
  };
  await Promise.all([...Array<string>(40).fill('rush'), 'another'].map(attempt));
  const checked = over.filter((word) => word !== 'refused');
  expect(over).toHaveLength(41);
  expect(checked).toHaveLength(17);
  // Its turn comes after one or two of the rush.
  expect(checked.indexOf('another')).toBeLessThanOrEqual(2);
});

/** @shows flooding */
test('128 may queue, unless a process says otherwise; one more is turned away', async () => {
  const passwords = new Passwords();
  const gate = Promise.withResolvers<void>();
  const refused: string[] = [];
  const visits = Array.from({ length: 130 }, (_, at) =>
    passwords.inTurn(`${at}`, () => gate.promise).catch((error: unknown) => refused.push(String(error))),
  );
  gate.resolve();
  await Promise.all(visits);
  expect(refused).toEqual(['PasswordsBusy: Too many passwords are being checked.']);
});
