import { en } from './en.ts';

/** The mails that are not about something that their reader has to look at: links that they asked for. */
const linkMails = new Set(['reset', 'resetAtProvider', 'verify', 'address']);

/** Texts that keep people safe, by their paths: no operator changes them in a language that we ship. */
export const warnings: ReadonlySet<string> = new Set([
  'mails.notVerified',
  'mails.approval.lead',
  'mails.approval.afterFacts',
  'mails.undo.lead',
  ...Object.entries(en.account).flatMap(([kind, words]) =>
    linkMails.has(kind)
      ? []
      : ['lead', 'ifNot'].filter((part) => part in words).map((part) => `mails.account.${kind}.${part}`),
  ),
]);
