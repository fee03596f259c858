import { createMetricsRegistry } from './metrics.ts';
import { eventually } from '../../../test/support/eventually.ts';

test('the delay of an event loop that is idle is told as 0.05 s', async () => {
  const registry = createMetricsRegistry('api');
  const delay = async () =>
    Number(/^nodejs_eventloop_lag_p50_seconds\S* (\S+)/m.exec(await registry.metrics())?.[1]);
  // On a busy machine most looks come late, and some right after one that was late: then the next few are asked.
  const usual = await eventually(
    'looks come in time',
    async () => {
      const told = await delay();
      return told > 0.04 && told < 0.1 && told;
    },
    60_000,
    300,
  );
  expect(usual).toBeGreaterThan(0.04);
});
