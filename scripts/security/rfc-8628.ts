import type { Requirement } from './requirement-table.ts';

/** The security considerations of RFC 8628, in its order. */
export const rfc8628: readonly Requirement[] = [
  {
    id: 'RFC 8628 §5.1',
    title: 'User code brute forcing',
    answer:
      '34.6 bits, 15 minutes; five wrong codes per account and per address (`WRONG_CODES_PER_ADDRESS`), and a few times as many for the networks around it, in any 15 minutes and over all instances; those that are being looked up count as wrong meanwhile; an alarm over all accounts',
  },
  {
    id: 'RFC 8628 §5.2',
    title: 'Device code brute forcing',
    answer: '192 random bits and an HMAC, checked before Redis is asked',
  },
  {
    id: 'RFC 8628 §5.3',
    title: 'Device trustworthiness',
    answer:
      'the program’s own claims are set apart as unverified; address and time are those that we observed; the human compares the code',
  },
  {
    id: 'RFC 8628 §5.4',
    title: 'Remote phishing',
    answer:
      'the confirmation is always shown, also from a complete link, with the code to compare and a warning when the request came from another network; no GET approves',
  },
  {
    id: 'RFC 8628 §5.5',
    title: 'Session spying',
    answer:
      'a user_code that somebody saw collects nothing: the result is sealed to the device_code; the first decision is final; the program learns whose account approved',
  },
  {
    id: 'RFC 8628 §5.6',
    title: 'Non-confidential clients',
    answer: 'programs have no client secret: nothing relies on who they claim to be; refresh tokens rotate',
  },
  {
    id: 'RFC 8628 §5.7',
    title: 'Non-visual code transmission',
    answer: 'eight letters without vowels or digits, spelled one by one to screen readers, folded when typed',
  },
];
