import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Stands between clients and a server, and breaks what passes through it. */
export class TcpProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #targetPort = 0;

  private constructor() {
    this.#server = createServer((client) => this.#link(client));
  }

  /** Opens one on a port that the system chooses. */
  static async open(targetPort = 0): Promise<TcpProxy> {
    const proxy = new TcpProxy();
    proxy.#targetPort = targetPort;
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  leadTo(port: number): void {
    this.#targetPort = port;
  }

  /**
   * The connections that are open now pass nothing on any more, and nobody learns of it, as when a host or a gateway is gone.
   * New ones work. Returns how many there were.
   */
  freezeOpen(): number {
    const frozen = [...this.#links].filter((link) => !link.frozen);
    for (const link of frozen) link.frozen = true;
    return frozen.length;
  }

  /** The same for the one that the server sees coming from this port. Returns whether there is one. */
  freezeOne(port: number): boolean {
    const link = [...this.#links].find(({ server, frozen }) => !frozen && server.localPort === port);
    if (link) link.frozen = true;
    return link !== undefined;
  }

  /** The connections that are open now end without a farewell. */
  cutOpen(): void {
    for (const { client, server } of this.#links) for (const end of [client, server]) end.resetAndDestroy();
  }

  /** What the connections that are open now get arrives this much later. */
  delayOpen(delayMs: number): void {
    for (const link of this.#links) link.delayMs = delayMs;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const { client, server } of this.#links) for (const end of [client, server]) end.destroy();
    await closed;
  }

  #link(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1');
    const link: Link = { client, server, frozen: false, delayMs: 0 };
    this.#links.add(link);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true);
      let late = 0;
      let before = Promise.resolve();
      from.on('data', (bytes) => {
        if (link.frozen) return;
        if (link.delayMs === 0 && late === 0) return void to.write(bytes);
        // In their order, also once nothing is delayed any more.
        late++;
        before = Promise.all([before, pause(link.delayMs, undefined, { ref: false })]).then(() => {
          late--;
          if (!link.frozen && !to.destroyed) to.write(bytes);
        });
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        if (!link.frozen) to.destroy();
        if (client.destroyed && server.destroyed) this.#links.delete(link);
      });
    }
  }
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  frozen: boolean;
  delayMs: number;
}
