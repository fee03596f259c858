import { createHash, randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, EmailMoves, Passwords } from '@ravi/accounts';
import type { AuditEvent } from '@ravi/audit';
import { PasswordAccounts } from '../../services/api/src/people/password-accounts.ts';
import { PasswordPolicy } from '../../services/api/src/people/password-policy.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const accountStore = new AccountStore(redis);
const links = new AccountLinks(redis);
const emailMoves = new EmailMoves(redis, accountStore, links);
const guess = { wrong: async () => undefined, takeBack: async () => undefined };
const address = '192.0.2.1';

let nowMs: number;
let noted: AuditEvent[];
beforeEach(() => {
  nowMs = Date.now();
  noted = [];
});
const accounts = new PasswordAccounts({
  accountStore,
  passwords: new Passwords(),
  limits: {
    admitSignUp: async () => undefined,
    refuseHopelessSignIn: () => undefined,
    admitSignIn: async () => guess,
  },
  clock: { nowMs: () => nowMs },
  audit: { note: (event) => noted.push(event) },
  identityEmailDomain: 'agents.example.com',
  passwordPolicy: new PasswordPolicy({ alone: 15, withSecondFactor: 8 }, 'https://login.example.com'),
  emailMoves,
});
const form = () => ({
  email: `${randomUUID()}@example.com`,
  password: `pw-${randomUUID()}`,
  first_name: '',
  last_name: '',
});
const conflict = 'has an account already';
const signInKey = (email: string) => `ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`;

test('a sign-up signs in to an account that it made within a minute, noted as that, and to no older one', async () => {
  const input = form();
  const { id: user } = await accounts.signUp(input, address);
  nowMs += 59_999;
  expect((await accounts.signUp(input, address)).id).toBe(user);
  await expect(accounts.signUp({ ...input, password: form().password }, address)).rejects.toThrow(conflict);
  const wrong = { event: 'sign_in_failed', reason: 'wrong_credentials', address, user };
  const told = [{ event: 'signed_up', user, address }, { event: 'signed_in', user, address }, wrong];
  expect(noted).toEqual(told);
  nowMs += 1;
  await expect(accounts.signUp(input, address)).rejects.toThrow(conflict);
  expect(noted).toEqual(told);
});

test('a sign-up signs nobody in at an address to which an account is only about to move', async () => {
  const input = form();
  await accounts.signUp(input, address);
  const { email } = form();
  // As a move leaves it that was interrupted half-way.
  await redis.copy(signInKey(input.email), signInKey(email));
  await expect(accounts.signUp({ ...input, email }, address)).rejects.toThrow(conflict);
});
