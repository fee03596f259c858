import { z } from 'zod';

const coverageSchema = z.object({
  result: z.array(
    z.object({
      url: z.string(),
      functions: z.array(
        z.object({ functionName: z.string(), ranges: z.array(z.object({ count: z.number() })) }),
      ),
    }),
  ),
});

const messageSchema = z.object({ id: z.number(), result: z.unknown() });

/** Reads through Node's inspector which files a process enters: those with a function that V8 counts as called. */
export class CoverageProbe {
  readonly #socket: WebSocket;
  readonly #folder: string;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #sent = 0;

  private constructor(socket: WebSocket, folder: string) {
    this.#socket = socket;
    this.#folder = folder;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = messageSchema.parse(JSON.parse(String(data)));
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** Attaches to a process that runs with `--inspect`, and counts from now on. `output` is what it printed, `folder` what is looked at. */
  static async attach(output: string, folder: string): Promise<CoverageProbe> {
    const [, address] = /Debugger listening on (ws:\S+)/.exec(output) ?? [];
    if (address === undefined) throw new Error('The process does not run with --inspect.');
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`Nothing answers at ${address}.`)));
    });
    const probe = new CoverageProbe(socket, folder);
    await probe.#ask('Profiler.enable');
    await probe.#ask('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    return probe;
  }

  /** The files below the folder that were entered since the last call. */
  async take(): Promise<readonly string[]> {
    const { result } = coverageSchema.parse(await this.#ask('Profiler.takePreciseCoverage'));
    return result
      .filter(({ functions }) =>
        // The nameless function that spans a whole file is the loading of the file.
        functions.some(({ ranges: [whole] }) => (whole?.count ?? 0) > 0),
      )
      .flatMap(({ url }) => url.split(this.#folder)[1] ?? [])
      .toSorted((one, other) => one.localeCompare(other));
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#sent;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }
}
