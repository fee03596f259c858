import { Cluster, type Command } from 'ioredis';

/** The message with which ioredis ends a command whose time is over. */
const timedOut = 'Command timed out';

/**
 * Lets a command whose time is over take a reply that has come already. A process that had no processor for so long hears of its
 * timers first, and only then reads from its connections: Redis would count as away, though it answered at once.
 */
export function timeOutPatiently(command: Command): void {
  const { reject } = command;
  command.reject = (error) => {
    if (error.message === timedOut) setImmediate(reject, error);
    else reject(error);
  };
}

/** A connection to a Cluster whose commands take a reply that has come already. */
export class PatientCluster extends Cluster {
  override sendCommand(...[command, stream, node]: Parameters<Cluster['sendCommand']>): unknown {
    timeOutPatiently(command);
    return super.sendCommand(command, stream, node);
  }
}
