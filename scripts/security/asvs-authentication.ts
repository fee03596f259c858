import type { Requirement } from './requirement-table.ts';

const notOutOfBand =
  'nobody signs in by a code that is sent; what a user_code withstands stands under RFC 8628 §5';

/** OWASP ASVS 5.0.0, chapter V6, levels 1 (L1) and 2 (L2), in its order and in our words. */
export const asvsAuthentication: readonly Requirement[] = [
  {
    id: 'ASVS V6.1.1',
    title: 'L1: limits against guessing, and against locking owners out, are documented',
    answer: 'each limit, its setting, and why an owner is not locked out',
    documents: ['operations.md#limits'],
  },
  {
    id: 'ASVS V6.1.2',
    title: 'L2: words that no password shall contain are documented',
    answer: 'the address, its parts, and the names of the service',
    documents: ['operations.md#ways-in-and-sessions'],
  },
  {
    id: 'ASVS V6.1.3',
    title: 'L2: every way to sign in is documented, with its strength',
    answer:
      'password, by page or JSON, alone or with an authenticator app, a passkey or a recovery code; a passkey alone, which is two factors; OpenID providers, whose strength is theirs',
    documents: ['operations.md#ways-in-and-sessions'],
  },
  {
    id: 'ASVS V6.2.1',
    title: 'L1: passwords have at least 8 characters, better 15',
    answer:
      'at least 15 (`PASSWORD_MIN_LENGTH`), beside a second factor 8 (`PASSWORD_MIN_LENGTH_WITH_SECOND_FACTOR`), at most 256',
  },
  { id: 'ASVS V6.2.2', title: 'L1: passwords can be changed', answer: 'on a page of the account' },
  {
    id: 'ASVS V6.2.3',
    title: 'L1: a change asks for the current and the new password',
    answer: 'both, and guesses at the current one count as sign-ins',
  },
  {
    id: 'ASVS V6.2.4',
    title: 'L1: new passwords are none of the 3000 most common',
    answer: '49,000 common ones are refused, with signs and digits around them, too',
  },
  {
    id: 'ASVS V6.2.5',
    title: 'L1: passwords of any composition',
    answer: 'any characters; only the length counts',
  },
  {
    id: 'ASVS V6.2.6',
    title: 'L1: password fields are masked',
    answer: 'each one, on every page; a button shows what is typed',
  },
  {
    id: 'ASVS V6.2.7',
    title: 'L1: pasting and password managers work',
    answer: 'each field says what it is, and nothing on a page hinders them',
  },
  {
    id: 'ASVS V6.2.8',
    title: 'L1: passwords are checked exactly as typed',
    answer: 'not trimmed, folded or cut off; a character is the same however a system encodes it (NFC)',
  },
  { id: 'ASVS V6.2.9', title: 'L2: 64 characters are possible', answer: '256 are' },
  {
    id: 'ASVS V6.2.10',
    title: 'L2: passwords do not expire',
    answer: 'a password is good until it is changed',
  },
  {
    id: 'ASVS V6.2.11',
    title: 'L2: the list of words is used',
    answer: 'a password that has fewer than 8 characters beside such words is refused',
  },
  {
    id: 'ASVS V6.2.12',
    title: 'L2: new passwords are not known from breaches',
    gap: 'new passwords are not compared with breached ones',
  },
  {
    id: 'ASVS V6.3.1',
    title: 'L1: guessing and credential stuffing are limited as documented',
    answer:
      'per address, network and account, with counts of their own for browsers that are known to the account, each and together',
  },
  { id: 'ASVS V6.3.2', title: 'L1: no default accounts', answer: 'a new installation has none' },
  {
    id: 'ASVS V6.3.3',
    title: 'L2: a second factor is required',
    answer:
      'authenticator apps and passkeys, for whoever sets one up; with `REQUIRE_SECOND_FACTOR` nobody approves without; of a provider’s sign-in the provider decides, and an account with a factor asks for it then, too',
  },
  {
    id: 'ASVS V6.3.4',
    title: 'L2: no other ways in, and all equally strong',
    answer:
      'page, JSON and providers lead to the same kind of session; an account signs in by a password and what is set up beside it, or by providers, after which its second factor is asked for as well; switching passwords off switches off those doors',
  },
  {
    id: 'ASVS V6.4.1',
    title: 'L1: initial passwords and activation codes are random and short-lived',
    exemption: 'the service makes none; people choose their password at sign-up',
  },
  {
    id: 'ASVS V6.4.2',
    title: 'L1: no password hints or secret questions',
    answer: 'signing up asks for e-mail address, password and names alone',
  },
  {
    id: 'ASVS V6.4.3',
    title: 'L2: a forgotten password can be reset safely',
    answer:
      'a link by e-mail, or from an operator: 160 random bits, kept as a hash, for an hour, once; it ends all sessions and signs nobody in',
  },
  {
    id: 'ASVS V6.4.4',
    title: 'L2: losing a factor takes the proof of enrolment',
    answer:
      'recovery codes, else an operator, who removes all factors (`reset-factors`), which is noted and mailed; a new password by mail leaves them',
  },
  {
    id: 'ASVS V6.5.1',
    title: 'L2: one-time secrets count once',
    answer:
      'the step of a code, a recovery code and the answer of a passkey are spent in one write; the same form sent twice within a minute is one use',
  },
  {
    id: 'ASVS V6.5.2',
    title: 'L2: short look-up secrets are hashed with salt',
    answer: 'recovery codes have 80 bits, kept as SHA-256 with the account in it',
  },
  {
    id: 'ASVS V6.5.3',
    title: 'L2: one-time secrets are drawn by a CSPRNG',
    answer: 'secrets of apps (160 bits), recovery codes and challenges come from `node:crypto`',
  },
  {
    id: 'ASVS V6.5.4',
    title: 'L2: one-time secrets have 20 bits',
    answer:
      'six digits; 10 wrong ones in an hour from browsers that are not known to the account, 20 from all that are',
  },
  {
    id: 'ASVS V6.5.5',
    title: 'L2: time-based codes live 30 seconds, out-of-band codes 10 minutes at most',
    answer: 'a code of an app is right for 30 s, and 30 s before and after that for clocks that are off',
  },
  { id: 'ASVS V6.6.1', title: 'L2: telephone and SMS only beside stronger ways', exemption: notOutOfBand },
  { id: 'ASVS V6.6.2', title: 'L2: out-of-band codes belong to one attempt', exemption: notOutOfBand },
  { id: 'ASVS V6.6.3', title: 'L2: guesses at out-of-band codes are limited', exemption: notOutOfBand },
  {
    id: 'ASVS V6.8.1',
    title: 'L2: one provider cannot speak for the people of another',
    answer: 'people are known by issuer and subject, each of one account; an address links nothing',
  },
  {
    id: 'ASVS V6.8.2',
    title: 'L2: signatures of assertions are always checked',
    answer: 'an ID token without a valid signature of the provider signs nobody in',
  },
  { id: 'ASVS V6.8.3', title: 'L2: SAML assertions count once', exemption: 'no SAML' },
  {
    id: 'ASVS V6.8.4',
    title: 'L2: expected strength or recency of a provider’s sign-in is checked',
    answer:
      'who is to prove again who they are is let on only where the ID token says when they did (`auth_time`), since they were sent there; strength is the provider’s decision, which is documented',
    documents: ['operations.md#ways-in-and-sessions'],
  },
];
