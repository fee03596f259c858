import { processGauge } from '../../load/measuring/server-figures.ts';
import { Product } from '../../load/stack/product.ts';
import { drive } from '../drive.ts';
import type { Effort, Figure } from '../figure.ts';
import { measured } from '../medians.ts';
import { waitsPerProcess } from './memory-figures.ts';

/**
 * As many waits at once as several api processes hold, then all approved: each must be answered exactly once. The
 * requests last longer than the run, so that every answer comes from a wake-up.
 */
export async function heldFigure({ heldAndWoken: waits }: Effort): Promise<Figure[]> {
  const product = await Product.onRedis();
  try {
    const env = { LONG_POLL_MAX_SECONDS: '900' };
    await product.startIssuer();
    const count = Math.max(2, Math.ceil(waits / waitsPerProcess));
    const [first, ...others] = await Promise.all(
      Array.from({ length: count }, () => product.startApi({ env })),
    );
    const caller = await product.startApi();
    if (!first) throw new Error('No api.');
    const gauges = product.servers.map(({ name, pid }) => processGauge(name, pid));
    const deployment = {
      urls: [first.url, ...others.map(({ url }) => url)],
      callUrls: [caller.url],
      gauges,
    } as const;
    const result = await drive(deployment, 'fanout', '--clients', String(waits));
    const { received } = result.tally.counts;
    const held = Math.max(...result.timeline.map(({ waiting }) => waiting));
    const title = `${waits.toLocaleString('en')} held over ${count} api processes, all approved at once`;
    return [
      {
        title,
        unit: 'logins/s',
        ours: measured('ours', [result.perSecond]),
        others: [],
        targets: [
          { text: 'held at the same time, of all', reached: held / waits, met: held === waits },
          { text: 'answered once, of all', reached: received / waits, met: received === waits },
        ],
      },
      {
        title: 'memory of all services and Redis meanwhile',
        unit: 'MB',
        ours: measured('ours', [peakMegabytes(result.timeline)]),
        others: [],
        targets: [],
      },
    ];
  } finally {
    await product.stop();
  }
}

function peakMegabytes(timeline: readonly { servers: readonly { rssBytes: number }[] }[]): number {
  const totals = timeline.map(({ servers }) => servers.reduce((sum, { rssBytes }) => sum + rssBytes, 0));
  return Math.max(...totals) / 1e6;
}
