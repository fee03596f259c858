import { readFileSync } from 'node:fs';

/** The resources of one server process at a moment. */
export interface ServerFigures {
  readonly name: string;
  /** Resident memory in bytes. */
  readonly rssBytes: number;
  /** CPU time since its start, in seconds. */
  readonly cpuSeconds: number;
}

/** Reads one server's figures; null if it is gone or reports none. */
export type ServerGauge = () => Promise<ServerFigures | null>;

/** Linux counts CPU time in ticks of a hundredth of a second, on every architecture Node runs on. */
const ticksPerSecond = 100;

/** A process of this machine. */
export function processGauge(name: string, pid: number): ServerGauge {
  return async () => readProcess(name, pid);
}

/** Memory and CPU time of a process of this machine; null when it is gone, or this is no Linux. */
export function readProcess(name: string, pid: number): ServerFigures | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command may contain spaces and brackets: fields count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const rssKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    return { name, rssBytes: rssKb * 1024, cpuSeconds: ticks / ticksPerSecond };
  } catch {
    return null;
  }
}

/** A process that reports Prometheus metrics, as our services do on their admin ports. */
export function metricsGauge(url: string): ServerGauge {
  return async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      const text = await response.text();
      const value = (metric: string) =>
        Number(new RegExp(`^${metric}(?:{[^}]*})? (\\S+)`, 'm').exec(text)?.[1] ?? 0);
      return {
        name: new URL(url).host,
        rssBytes: value('process_resident_memory_bytes'),
        cpuSeconds: value('process_cpu_seconds_total'),
      };
    } catch {
      return null;
    }
  };
}

/** Reads all gauges at once, and leaves out those without an answer. */
export async function readAll(gauges: readonly ServerGauge[]): Promise<readonly ServerFigures[]> {
  const figures = await Promise.all(gauges.map((gauge) => gauge()));
  return figures.filter((figure) => figure !== null);
}
