/** Attempts of a webhook call or an e-mail; the first retry after a second, each further one after twice the time: about 4.5 hours. */
export const deliveryAttempts = 15;

const firstRetryMs = 1_000;

/** The longest time between two attempts, before the last one. */
export const longestRetryMs = firstRetryMs * 2 ** (deliveryAttempts - 2);

/** How every delivery is retried and kept. */
export const deliveryJobOptions = {
  attempts: deliveryAttempts,
  backoff: { type: 'exponential', delay: firstRetryMs, jitter: 0.3 },
  // Kept for a while, so that the same delivery is not queued again.
  removeOnComplete: { age: 3_600, count: 1_000 },
  // Deliveries that failed for good: for a week, the latest thousand.
  removeOnFail: { age: 7 * 86_400, count: 1_000 },
};

/** The same for e-mails: those that failed for good are kept for a day, since some contain an address. */
export const mailJobOptions = { ...deliveryJobOptions, removeOnFail: { age: 86_400, count: 1_000 } };
