import type { AccountStore } from '@ravi/accounts';
import type { GrantStore } from '@ravi/credentials';
import type { Secret } from '@ravi/runtime';
import { createTransport } from 'nodemailer';
import type { Delivery } from '../delivery-queue.ts';
import { approvalMail, type ApprovalNotice } from './approval-notice.ts';
import { unusedMail, type UnusedNotice } from './unused-notice.ts';

/** What people are told by mail. */
export type Notice = ApprovalNotice | UnusedNotice;

/** The outgoing mail server. The URL may contain a password. */
export interface MailServer {
  readonly url: Secret;
  readonly from: string;
}

export interface MailerDeps {
  readonly server: MailServer;
  readonly accounts: Pick<AccountStore, 'read'>;
  readonly grants: Pick<GrantStore, 'find'>;
  readonly publicUrl: string;
}

/** Sends notices to the people whom they concern. Rejects if the server does not accept one; it is then retried. */
export function mailer(deps: MailerDeps): (delivery: Delivery<Notice>) => Promise<void> {
  const { server, accounts, grants, publicUrl } = deps;
  const transport = createTransport({
    url: server.url.reveal(),
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
    const { account, identities } = owner;
    if (data.about === 'unused') {
      const hasIdentity =
        data.neededIdentity === '' || identities.some(({ uuid }) => uuid === data.neededIdentity);
      // Ended with all others or with its identity; or it is still there, because it was used or ended since.
      if (account.epoch !== data.accountEpoch || !hasIdentity) return;
      if ((await grants.find(data.grantId)) !== null) return;
    }
    const { subject, text } =
      data.about === 'unused' ? unusedMail(data, publicUrl) : approvalMail(data, publicUrl);
    await transport.sendMail({
      from: server.from,
      // As an object, so that nothing in the address is parsed as a second one.
      to: { name: '', address: account.email },
      subject,
      text,
      // The same at every attempt, so that mail programs show a mail that was sent twice only once.
      messageId: `<${id}@${new URL(publicUrl).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}
