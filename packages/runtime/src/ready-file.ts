import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { z } from 'zod';

/** The ports of a process. An issuer has no public one. */
const portsSchema = z.object({ port: z.number().optional(), adminPort: z.number() });

export type ServicePorts = z.infer<typeof portsSchema>;

const readyFileSchema = portsSchema.extend({ pid: z.number() });

/** The port on which a server listens: with port 0, the one that the system chose. Throws when it does not listen. */
export function boundPort(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null)
    throw new Error('The server does not listen on a port.');
  return address.port;
}

/**
 * Announces that this process is ready, and its ports: writes `{pid, port, adminPort}` to `file`, which appears with its
 * whole content. The file is removed when the process ends, except by SIGKILL: a reader
 * compares the pid. Does nothing when `file` is null. Throws when the file cannot be written.
 */
export function announceReady(file: string | null, ports: ServicePorts): void {
  if (file === null) return;
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify({ pid: process.pid, ...ports })}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new Error(`READY_FILE cannot be written: ${String(cause)}`, { cause });
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

/** The ports that the process `pid` announces in `file`; null while it does not. Throws if the file has another format. */
export function readReadyFile(file: string, pid: number | undefined): ServicePorts | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const { pid: writer, ...ports } = readyFileSchema.parse(JSON.parse(text));
  return writer === pid ? ports : null;
}
