import { hash } from 'node:crypto';
import {
  type Account,
  type AccountLinks,
  type AccountStore,
  type AccountWithIdentities,
  type EmailMoves,
  linkMs,
  type ResetLinks,
  type SignInUndos,
} from '@ravi/accounts';
import type { AccountMailJob } from '@ravi/contract';
import type { GrantStore } from '@ravi/credentials';
import type { Clock, Secret } from '@ravi/runtime';
import { createTransport } from 'nodemailer';
import type { Delivery } from '../delivery-queue.ts';
import type { MailSender } from '../delivery-variables.ts';
import { Undeliverable } from '../undeliverable.ts';
import { accountMail } from './account-mail.ts';
import { approvalMail, type ApprovalNotice } from './approval-notice.ts';
import type { MailText } from './mail-text.ts';
import { en } from './texts/en.ts';
import type { MailLanguages } from './texts/mail-texts-for.ts';
import { unusedMail, type UnusedNotice } from './unused-notice.ts';

/** What people are told by mail. */
export type Notice = AccountMailJob | ApprovalNotice | UnusedNotice;

/** The outgoing mail server. The URL may contain a password. */
export interface MailServer {
  readonly url: Secret;
  readonly from: MailSender;
  /** What stands at the end of every mail: who runs the service. */
  readonly footer: string;
  /** The texts, with the operator's in them. */
  readonly languages: MailLanguages;
}

export interface MailerDeps {
  readonly server: MailServer;
  readonly accounts: Pick<AccountStore, 'read'>;
  readonly grants: Pick<GrantStore, 'find'>;
  readonly resetLinks: ResetLinks;
  readonly accountLinks: AccountLinks;
  readonly signInUndos: Pick<SignInUndos, 'makeLink'>;
  readonly emailMoves: Pick<EmailMoves, 'wanted'>;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** How long the server may take for a whole mail. */
  readonly sendMs?: number;
}

/** How long a mail server may take by default. One that tells something now and then, and never ends, would hold the mail for ever. */
const sendMsByDefault = 120_000;

/**
 * What a server answers where the address of the recipient leads nowhere: no such mailbox or domain, a wrong syntax, a mailbox that has
 * moved or is off, a domain that takes no mail. Any other refusal, such as of the sender, may be mended. (RFC 3463 §3.2, §3.3, RFC 7505)
 */
const noSuchMailbox = /^5\d\d[ -]5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b/;

/**
 * Sends mails to the people whom they concern: links to addresses that are still to be proven, everything else only to proven ones.
 * Rejects if the server does not accept one; it is then retried, a link with another secret. Rejects with `Undeliverable` where the
 * server knows that there is no such mailbox.
 */
export function mailer(deps: MailerDeps): (delivery: Delivery<Notice>) => Promise<void> {
  const { server, accounts, publicUrl, sendMs = sendMsByDefault } = deps;
  const transport = createTransport({
    url: server.url.reveal(),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const mailTo = async (data: Notice): Promise<AddressedMail | null> => {
    // It is tried again: an issuer of that release sends it.
    if (!isKnown(data)) throw new Error('Left for a newer release: this one does not know such a mail.');
    if (data.about === 'account' && data.kind === 'accountDeleted') return deletedMail(data, deps);
    const owner = await accounts.read(data.userId);
    // The account is gone, or there never was one: there is no recipient. About a blocked account, only the block itself is told.
    const tellsBlocked = data.about === 'account' && data.kind === 'accountBlocked';
    if (!owner || (owner.account.blocked && !tellsBlocked)) return null;
    const { account } = owner;
    const mail: (MailText & { readonly to?: string }) | null =
      data.about === 'account' ? await compose(data, account, deps) : await notice(data, owner, deps);
    return mail && { to: account.email, ...mail };
  };
  return async ({ id, data }) => {
    const mail = await mailTo(data);
    if (mail === null) return;
    const text = mail.text + server.footer;
    try {
      await transport.sendMail({
        from: server.from,
        // As an object, so that nothing in the address is parsed as a second one.
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text,
        // The same at every attempt, so that mail programs show a mail that was sent twice only once; another one where the text has
        // another link, since the former leads nowhere then. (RFC 5322 §3.6.4)
        messageId: `<${hash('sha256', `${id} ${text}`, 'base64url').slice(0, 32)}@${new URL(publicUrl).hostname}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(sendMs),
      });
    } catch (error) {
      throw leadsNowhere(error) ? new Undeliverable(error.message) : error;
    }
  };
}

/** Whether the server says that the recipient of a mail does not exist. */
function leadsNowhere(error: unknown): error is Error {
  if (!(error instanceof Error) || !('response' in error)) return false;
  return typeof error.response === 'string' && noSuchMailbox.test(error.response);
}

/** Whether this release writes such mails. */
function isKnown(data: Notice): boolean {
  switch (data.about) {
    case 'account':
      return data.kind in en.account;
    case 'approval':
    case 'unused':
      return true;
    default:
      return false;
  }
}

/** What is said of a program; null where nothing is to be said, or the address is not proven. */
async function notice(
  data: ApprovalNotice | UnusedNotice,
  { account, identities }: AccountWithIdentities,
  { grants, publicUrl, server: { languages } }: MailerDeps,
): Promise<MailText | null> {
  if (!account.emailVerified) return null;
  if (data.about === 'approval') return approvalMail(data, publicUrl, languages);
  const hasIdentity =
    data.neededIdentity === '' || identities.some(({ uuid }) => uuid === data.neededIdentity);
  // Nothing to tell: the login ended with all others or with its identity; or its record is still there, because it was used or ended
  // since.
  if (account.epoch !== data.accountEpoch || !hasIdentity) return null;
  return (await grants.find(data.grantId)) === null
    ? unusedMail(data, publicUrl, account.language, languages)
    : null;
}

const noticeLinks = {
  passwordChanged: '/forgot',
  signedIn: '/account/sessions',
  addressWanted: '/account/password',
  addressChanged: '/account/sessions',
  factorAdded: '/account/security',
  factorReplaced: '/account/security',
  factorRemoved: '/account/security',
  factorsReset: '/account/security',
  recoveryCodesMade: '/account/security',
  recoveryCodeUsed: '/account/security',
  providerLinked: '/account/security',
  providerUnlinked: '/account/security',
  secondStepAsked: '/account/password',
  signInPutBack: '/account/security',
  accountBlocked: '/',
  accountUnblocked: '/signin',
} as const;

type AddressedMail = MailText & { readonly to: string };

/** What is said at the address of an account that is no more. */
function deletedMail(
  data: AccountMailJob,
  { publicUrl, server }: Pick<MailerDeps, 'publicUrl' | 'server'>,
): AddressedMail | null {
  if (data.to === undefined) return null;
  const facts = { ...data, link: publicUrl };
  return { ...accountMail('accountDeleted', facts, server.languages), to: data.to };
}

/** A mail about the account itself; null where nothing is to be sent. A link is made here: no secret waits in the queue. */
async function compose(
  data: AccountMailJob,
  account: Account,
  deps: MailerDeps,
): Promise<(MailText & { readonly to?: string }) | null> {
  const { resetLinks, accountLinks, signInUndos, publicUrl, clock } = deps;
  const { languages } = deps.server;
  const { kind } = data;
  // Asked for long ago, while the mail server was away: nobody waits for this link any longer.
  const isStale = clock.nowMs() - data.atMs > linkMs;
  switch (kind) {
    case 'passwordChanged':
    case 'signedIn':
    case 'addressWanted':
    case 'addressChanged':
    case 'factorAdded':
    case 'factorReplaced':
    case 'factorRemoved':
    case 'factorsReset':
    case 'recoveryCodesMade':
    case 'recoveryCodeUsed':
    case 'providerLinked':
    case 'providerUnlinked':
    case 'secondStepAsked':
    case 'signInPutBack':
    case 'accountBlocked':
    case 'accountUnblocked': {
      if (!account.emailVerified) return null;
      const undo =
        data.undo === undefined ? null : await signInUndos.makeLink(account.id, data.undo, clock.nowMs());
      const link = publicUrl + (undo === null ? noticeLinks[kind] : `/account/undo?link=${undo}`);
      const mail = accountMail(kind, { ...data, link, undoes: undo !== null }, languages);
      return data.to === undefined ? mail : { ...mail, to: data.to };
    }
    case 'accountDeleted':
      return deletedMail(data, deps);
    case 'address': {
      const wanted = await deps.emailMoves.wanted(account.id);
      // Another one was wanted since: it has a mail of its own, if it may get one.
      if (wanted === null || wanted !== data.to || isStale) return null;
      const token = await accountLinks.make('address', account.id, wanted);
      if (token === null) return null;
      const link = `${publicUrl}/account/address/confirm?link=${token}`;
      return { ...accountMail('address', { ...data, link }, languages), to: wanted };
    }
    case 'verify': {
      if (account.emailVerified || isStale) return null;
      const token = await accountLinks.make('verify', account.id, account.email);
      if (token === null) return null;
      return accountMail('verify', { ...data, link: `${publicUrl}/verify?link=${token}` }, languages);
    }
    case 'reset': {
      if (isStale) return null;
      const made = await resetLinks.make(account, 'mail');
      if (made.kind === 'unknown') return null;
      return made.kind === 'made'
        ? accountMail('reset', { ...data, link: `${publicUrl}/reset?link=${made.token}` }, languages)
        : accountMail('resetAtProvider', { ...data, link: `${publicUrl}/signin` }, languages);
    }
  }
}
