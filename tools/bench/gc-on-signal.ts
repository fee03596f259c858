/**
 * Preloaded into a measured server: SIGUSR2 collects its garbage, so that only live memory is measured. It first touches the whole
 * young generation, so that this is counted before the first wait.
 */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
});

for (let round = 0; round < 500_000; round++) Array.from({ length: 16 }, () => round);
