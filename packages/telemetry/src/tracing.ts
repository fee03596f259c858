import { createHash } from 'node:crypto';
import type { Link, SpanContext } from '@opentelemetry/api';
import type { Logger } from './logger.ts';
import { tellLostExports } from './told-exports.ts';

/** A step in the life of a login, as a span of its trace. */
export type TraceStep = 'start' | 'ask' | 'approve' | 'deny' | 'queue' | 'issue' | 'answer';

/** When a step began and ended, in ms since the epoch, and what else is known of it; never a secret. */
export interface StepDetails {
  readonly beganAtMs: number;
  /** When it ended; absent: now. */
  readonly endedAtMs?: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** The `traceparent` of the request, if a trusted hop sent one. */
  readonly traceparent?: string | undefined;
}

/** Records the steps of logins: only ids, times and outcomes. */
export interface Tracing {
  /** Records a step. All steps of a login are one trace, in whichever process they happen. */
  step(name: TraceStep, loginId: string, details: StepDetails): void;
  /** Sends what is not sent yet. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** The collector's address; undefined: nothing is recorded, and no library is loaded for it. */
  readonly endpoint: string | undefined;
  /** The share of logins that are recorded, each in all its steps. */
  readonly ratio: number;
  readonly service: string;
  readonly instance: string;
  /** Is told when traces get lost. */
  readonly logger: Pick<Logger, 'warn' | 'info'>;
}

/**
 * The ids of a login's trace: of the whole and of its first step. They come from the login's id, which every process knows. So no
 * request, job, wake-up or record carries anything for tracing.
 */
export function traceOf(loginId: string): Pick<SpanContext, 'traceId' | 'spanId'> {
  const digest = createHash('sha256').update(`trace of ${loginId}`).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/** Starts tracing to a collector, by OTLP over HTTP; null where none is named: then it costs nothing. */
export async function startTracing(options: TracingOptions): Promise<Tracing | null> {
  const { endpoint, ratio, service, instance, logger } = options;
  if (endpoint === undefined) return null;
  const [{ ROOT_CONTEXT, trace, TraceFlags }, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const random = new sdk.RandomIdGenerator();
  /** The ids of the span that is being made, where they are given. */
  let given: Pick<SpanContext, 'traceId' | 'spanId'> | null = null;
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = tellLostExports(new OTLPTraceExporter({ url }), logger);
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `ravi-${service}`, 'service.instance.id': instance }),
    // By the trace's id, so that every process decides alike.
    sampler: new sdk.TraceIdRatioBasedSampler(ratio),
    idGenerator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer('ravi');
  return {
    step(name, loginId, { beganAtMs, endedAtMs, attributes = {}, traceparent }) {
      const ids = traceOf(loginId);
      const isFirst = name === 'start';
      const parent = trace.setSpanContext(ROOT_CONTEXT, {
        ...ids,
        traceFlags: TraceFlags.SAMPLED,
        isRemote: true,
      });
      given = isFirst ? ids : null;
      const span = tracer.startSpan(
        `login ${name}`,
        {
          startTime: beganAtMs,
          attributes: { 'ravi.login_id': loginId, ...attributes },
          links: linksTo(traceparent),
          root: isFirst,
        },
        isFirst ? ROOT_CONTEXT : parent,
      );
      given = null;
      span.end(endedAtMs);
    },
    close: () => provider.shutdown(),
  };
}

/** The trace that a request belongs to where it came from. (W3C Trace Context §3.2) */
function linksTo(traceparent: string | undefined): Link[] {
  const [, traceId = '', spanId = '', flags = ''] =
    /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === '') return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } }];
}
