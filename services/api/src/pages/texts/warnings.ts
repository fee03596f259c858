/** Texts that keep people safe, by their paths: no operator changes them in a language that we ship. */
export const warnings: ReadonlySet<string> = new Set([
  'standingAdvice',
  'confirm.title',
  'confirm.lead',
  'confirm.titleElsewhere',
  'confirm.leadElsewhere',
  'confirm.sentToYou',
  'confirm.verified',
  'confirm.sameKey',
  'confirm.unverified',
  'confirm.otherNetwork',
  'confirm.numberHint',
  'confirm.onlyYours',
  'qr.lead',
]);
