import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { onStopSignal, type ShutdownStep, stopService } from '@ravi/runtime';
import type { Logger, Tracing } from '@ravi/telemetry';
import type { WakeupSubscriber } from '@ravi/wakeups';
import type { ApiConfig } from './config.ts';
import type { Connections } from './connections.ts';
import type { Features } from './features.ts';
import { closeServer } from './http/server.ts';
import type { Readiness } from './readiness.ts';

/** What runs in a process that serves. */
export interface RunningApi {
  readonly server: Server;
  readonly readiness: Readiness;
  readonly features: Features;
  readonly wakeups: WakeupSubscriber;
  readonly connections: Connections;
  readonly tracing: Tracing | null;
  readonly logger: Logger;
  readonly stopMeasuring: () => void;
}

/**
 * On the first stop signal: not ready any more, and still serving for SHUTDOWN_DELAY_SECONDS, until the balancer has noticed; then the
 * steps in order, and the process exits with 0.
 */
export function stopOnSignal(running: RunningApi, config: ApiConfig): void {
  const { readiness, features, logger } = running;
  const stop = async (signal: string) => {
    readiness.stopping();
    logger.info({ signal, held: features.heldNow() }, 'stopping');
    await pause(config.shutdownDelaySeconds * 1000);
    await stopService(stopSteps(running), logger, config.shutdownSeconds);
  };
  onStopSignal((signal) => void stop(signal));
}

function stopSteps(running: RunningApi): readonly ShutdownStep[] {
  const { server, readiness, features, wakeups, connections, tracing } = running;
  return [
    {
      name: 'stop accepting, answer held requests',
      run: () => closeServer(server, () => features.stopHolding()),
    },
    ...features.finishing,
    { name: 'leave the other processes', run: () => readiness.leave() },
    features.writeAuditLog,
    { name: 'send the last traces', run: () => tracing?.close() },
    { name: 'stop measuring', run: running.stopMeasuring },
    features.closeQueues,
    {
      name: 'end the signs of life',
      run: () => {
        wakeups.stop();
        connections.stopHeartbeats();
      },
    },
    { name: 'close the admin port', run: () => void readiness.admin.close() },
    { name: 'close redis', run: () => connections.disconnect() },
  ];
}
