import type { Account, AccountStore, LinkedAccounts, ProviderLink } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import type { Clock } from '@ravi/runtime';
import type { AccountMails } from './account-mails.ts';
import type { OidcProvider, ProvenSubject } from './oidc-provider.ts';
import { problemAtProvider } from './provider-problem.ts';
import type { SignInUndo } from './sign-in-undo.ts';
import { type PasswordSignInDeps, signsInWithPassword } from './signs-in-with-password.ts';

export interface LinkedProvidersDeps extends PasswordSignInDeps {
  readonly linkedAccounts: Pick<LinkedAccounts, 'link' | 'links' | 'unlink'>;
  readonly accountStore: Pick<AccountStore, 'replicated'>;
  /** The providers that sign people in here. */
  readonly providers: readonly OidcProvider[];
  readonly mails: Pick<AccountMails, 'notify'>;
  readonly signInUndo: Pick<SignInUndo, 'note'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly clock: Clock;
}

/** Why nobody was linked; `otherSession`: another session than the one that began it, or its account is gone. */
export type LinkFailure = 'linkedElsewhere' | 'tooManyLinks' | 'linkBusy' | 'otherSession';

/**
 * What became of an unlinking: `gone` where it was unlinked already, `isLast` where it is the last way in and stays, `ended` where the
 * account or its sessions have ended. With a link the sessions of the account end, and another epoch of them begins.
 */
export type ProviderUnlinking =
  | { readonly kind: 'unlinked'; readonly sessionsEpoch: string }
  | { readonly kind: 'gone' | 'isLast' | 'ended' };

/** One link, and the name of its provider. */
export interface NamedLink extends ProviderLink {
  readonly label: string;
}

/** The providers through which a person signs in to their account, besides how it began. They are told of each change by mail. */
export class LinkedProviders {
  readonly #deps: LinkedProvidersDeps;

  constructor(deps: LinkedProvidersDeps) {
    this.#deps = deps;
  }

  /** An account's links; one whose provider is configured no longer has its id as its name. */
  async read({ id }: Account): Promise<readonly NamedLink[]> {
    const links = await this.#deps.linkedAccounts.links(id);
    return links.map((link) => {
      const { id: linkId, provider, email, linkedAtMs } = link;
      return { id: linkId, provider, email, linkedAtMs, label: this.#find(link)?.config.label ?? provider };
    });
  }

  /** Lets somebody whom the provider signed in just now into this account from now on; null, or why not. */
  async link(
    account: Account,
    provider: OidcProvider,
    person: ProvenSubject,
    origin: MailOrigin,
  ): Promise<LinkFailure | null> {
    const { linkedAccounts, accountStore, signInUndo, clock, audit, mails } = this.#deps;
    const { id: user, sessionsEpoch } = account;
    // If this fails, the person sees no address in their list, and nothing else is lost.
    const profile = await person.profile().catch(problemAtProvider);
    const email = 'problem' in profile ? '' : (profile.verifiedEmail ?? '');
    const { issuer, subject } = person;
    const who = { issuer, subject, provider: provider.config.id, email, atMs: clock.nowMs() };
    const undo = await signInUndo.note(account);
    switch (await linkedAccounts.link(who, user, sessionsEpoch)) {
      case 'linked':
        audit.note({ event: 'provider_linked', user, address: origin.address, provider: who.provider });
        mails.notify('providerLinked', account, origin, undo);
        await accountStore.replicated(user, { subject: who });
        return null;
      case 'already':
        // By an attempt, perhaps, that was told that no replica has it yet.
        await accountStore.replicated(user, { subject: who });
        return null;
      case 'linkedElsewhere':
        return 'linkedElsewhere';
      case 'full':
        return 'tooManyLinks';
      case 'busy':
        return 'linkBusy';
      case 'unknown':
        return 'otherSession';
    }
  }

  /**
   * Removes a link, and ends the sessions that may have come of it; not where it is the last way in. It counts once replicas have it: see
   * `replicated`.
   */
  async unlink(account: Account, linkId: string, origin: MailOrigin): Promise<ProviderUnlinking> {
    const { linkedAccounts, audit, mails } = this.#deps;
    const { id: user, sessionsEpoch } = account;
    const hasPassword = await signsInWithPassword(this.#deps, account);
    const undo = await this.#deps.signInUndo.note(account);
    const unlinked = await linkedAccounts.unlink(
      user,
      linkId,
      (left) => hasPassword || left.some((link) => this.#find(link) !== undefined),
      sessionsEpoch,
    );
    switch (unlinked.kind) {
      case 'gone':
        return { kind: 'gone' };
      case 'last':
        return { kind: 'isLast' };
      case 'unknown':
        return { kind: 'ended' };
      case 'unlinked': {
        const { provider } = unlinked.link;
        audit.note({ event: 'provider_unlinked', user, address: origin.address, provider });
        mails.notify('providerUnlinked', account, origin, undo);
        return { kind: 'unlinked', sessionsEpoch: unlinked.sessionsEpoch };
      }
    }
  }

  /** Resolves once enough replicas know the links of the account (`RECORDS_REPLICAS`). Rejects with `NotReplicated`: the same form waits again. */
  async replicated({ id }: Account): Promise<void> {
    await this.#deps.accountStore.replicated(id);
  }

  #find({ provider }: ProviderLink): OidcProvider | undefined {
    return this.#deps.providers.find(({ config }) => config.id === provider);
  }
}
