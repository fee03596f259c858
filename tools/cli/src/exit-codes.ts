/** The exit codes, for scripts. A signal ends it with 128 and the signal's number, as shells expect. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notLoggedIn: 4 } as const;
