/** How long a form that comes again counts as the same click: docs/architecture.md tells how each kind is recognised. */
export const sentAgainSeconds = 60;

export const sentAgainMs = sentAgainSeconds * 1000;
