/** Preloaded into a measured server: SIGUSR2 collects its garbage, so that memory means what is really held. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
});
