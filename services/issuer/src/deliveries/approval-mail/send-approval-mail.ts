import type { AccountStore } from '@ravi/accounts';
import type { Secret } from '@ravi/runtime';
import { createTransport } from 'nodemailer';
import type { Delivery } from '../delivery-queue.ts';
import { approvalMail, type ApprovalNotice } from './approval-notice.ts';

/** The outgoing mail server. The URL may contain a password. */
export interface MailServer {
  readonly url: Secret;
  readonly from: string;
}

/** Sends the notices of approvals. Rejects if the server does not accept one; it is then retried. */
export function approvalMailer(
  { url, from }: MailServer,
  accounts: AccountStore,
  publicUrl: string,
): (delivery: Delivery<ApprovalNotice>) => Promise<void> {
  const transport = createTransport({
    url: url.reveal(),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ id, data }) => {
    const owner = await accounts.read(data.userId);
    // The account is gone: there is no recipient.
    if (!owner) return;
    const { subject, text } = approvalMail(data, publicUrl);
    await transport.sendMail({
      from,
      // As an object, so that nothing in the address is parsed as a second one.
      to: { name: '', address: owner.account.email },
      subject,
      text,
      // The same at every attempt, so that mail programs show a mail that was sent twice only once.
      messageId: `<${id}@${new URL(publicUrl).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}
