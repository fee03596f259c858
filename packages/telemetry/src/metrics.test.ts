import { createMetricsRegistry } from './metrics.ts';
import { eventually } from '../../../test/support/eventually.ts';

test('the delay of an event loop that is idle is told as 0.05 s', async () => {
  const registry = createMetricsRegistry('api');
  const delay = async () =>
    Number(/^nodejs_eventloop_lag_min_seconds\S* (\S+)/m.exec(await registry.metrics())?.[1]);
  // The least of a few looks: on a busy machine few come in time.
  const least = await eventually(
    'a look comes in time',
    async () => {
      const told = await delay();
      return told < 0.1 && told;
    },
    60_000,
    300,
  );
  expect(least).toBeGreaterThan(0.04);
});
