import type { Requirement } from './requirement-table.ts';

/** The practical mitigations of RFC 10027, in its order. An answer says where we leave a mitigation to others. */
export const rfc10027: readonly Requirement[] = [
  {
    id: 'RFC 10027 §6.1.1',
    title: 'Establish proximity',
    answer:
      'the network of the program is compared with the browser’s: a warning, and number matching if the operator turns it on',
  },
  {
    id: 'RFC 10027 §6.1.2',
    title: 'Short-lived codes',
    answer: '15 minutes (`DEVICE_CODE_TTL_SECONDS`), for the decision as for the waiting program',
  },
  {
    id: 'RFC 10027 §6.1.3',
    title: 'One-time codes',
    answer: 'a login is decided once and redeemed once, over all instances',
  },
  { id: 'RFC 10027 §6.1.4', title: 'Unique codes', answer: 'a user_code in use is not given out again' },
  {
    id: 'RFC 10027 §6.1.5',
    title: 'Content filtering',
    answer:
      'filtering of messages is for mail services; our pages never show an attacker’s words as ours: they are one line, without markup or invisible characters, marked as the program’s claim',
  },
  {
    id: 'RFC 10027 §6.1.6',
    title: 'Detect and remediate',
    answer:
      'alarms on guessing, an audit log, an e-mail after each approval; every program is listed and can be ended with all that it made, at every api at once, also as “this was not me”; a reused refresh token ends its login',
  },
  {
    id: 'RFC 10027 §6.1.7',
    title: 'Trusted devices',
    answer: 'only a signed-in browser approves; a logged-in program never does',
  },
  {
    id: 'RFC 10027 §6.1.8',
    title: 'Trusted networks',
    answer:
      '`START_NETWORKS`: logins start from these networks only; forwarded addresses are trusted only from configured proxies',
  },
  {
    id: 'RFC 10027 §6.1.9',
    title: 'Limited scopes',
    answer: 'the approver gives the whole account or one identity; an approval cannot be widened',
  },
  {
    id: 'RFC 10027 §6.1.10',
    title: 'Short-lived tokens',
    answer:
      'access tokens: 1 h (`ACCESS_TOKEN_TTL_SECONDS`); keys: as long as the approver chooses, at most `API_KEY_MAX_TTL_SECONDS`',
  },
  {
    id: 'RFC 10027 §6.1.11',
    title: 'Rate limits',
    answer:
      'on starts, codes, sign-ins, sign-ups, refreshes and changes, per address and the networks around it, per account and in total, over all instances',
  },
  {
    id: 'RFC 10027 §6.1.12',
    title: 'Sender-constrained tokens',
    answer:
      'DPoP (RFC 9449) for programs that prove a key, required if their registration says so; until collection only the program itself can open its tokens; the second use of a refresh token ends the login',
  },
  {
    id: 'RFC 10027 §6.1.13',
    title: 'User education',
    answer: 'every page says, in the reader’s language, never to use a code that somebody sent',
  },
  {
    id: 'RFC 10027 §6.1.14',
    title: 'User experience',
    answer:
      'one question: which program asks and what it gets; Deny as prominent as Approve; accessible by WCAG 2.2 AA',
  },
  {
    id: 'RFC 10027 §6.1.15',
    title: 'Authenticate, then initiate',
    answer:
      'nobody is signed in at a program when it starts a login; but no code is looked up before the approver has signed in, and a link from another site only fills in the field',
  },
  {
    id: 'RFC 10027 §6.1.16',
    title: 'Request initiation verification',
    answer:
      '“Only approve if you started this yourself, just now”, beside the buttons and always in view; for a program on another network that question is the heading; a stray Enter decides nothing',
  },
  {
    id: 'RFC 10027 §6.1.17',
    title: 'Request binding with out-of-band data',
    answer: '`NUMBER_MATCHING`: the program shows two digits, the page three numbers; a wrong one denies',
  },
];
