import type { AccountStore } from '@ravi/accounts';
import type { Secret } from '@ravi/runtime';
import { createTransport } from 'nodemailer';
import type { Delivery } from '../delivery-queue.ts';
import { approvalMail, type ApprovalNotice } from './approval-notice.ts';

/** Where mail goes out. The URL may hold a password. */
export interface MailServer {
  readonly url: Secret;
  readonly from: string;
}

/** Sends the notices of approvals. Rejects when the server does not take one; it is then tried again. */
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
    // The account is gone: nobody is there to be told.
    if (!owner) return;
    const { subject, text } = approvalMail(data, publicUrl);
    await transport.sendMail({
      from,
      // As an object: nothing in the address is read as a second one.
      to: { name: '', address: owner.account.email },
      subject,
      text,
      // The same at every attempt, so that a mail that was sent twice is shown once.
      messageId: `<${id}@${new URL(publicUrl).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}
