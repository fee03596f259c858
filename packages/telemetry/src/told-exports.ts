import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from './logger.ts';

/** The same exporter, which logs one line when traces begin to get lost and one when they arrive again. OpenTelemetry tells nobody. */
export function tellLostExports(exporter: SpanExporter, logger: Pick<Logger, 'warn' | 'info'>): SpanExporter {
  let wereLost = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const { code, error }: { readonly code: number; readonly error?: Error } = result;
        // 0 is success.
        const areLost = code !== 0;
        if (areLost && !wereLost) {
          const reason = error?.message ?? 'unknown';
          logger.warn({ reason }, 'traces are lost: the collector does not take them');
        }
        if (wereLost && !areLost) logger.info('the collector takes traces again');
        wereLost = areLost;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
