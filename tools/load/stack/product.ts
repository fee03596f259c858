import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReadyFile, type ServicePorts } from '@ravi/runtime';
import { LoadError } from '../load-error.ts';
import type { Counted } from '../measuring/counters.ts';
import { type AppendFsync, RedisProcess } from './redis-process.ts';
import { ServerProcess } from './server-process.ts';

const root = join(import.meta.dirname, '../../..');

/** How a service of ours is started. */
export interface ServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  /** The CPU that it may run on; null for any. */
  readonly cpu?: number | null;
}

/** The address of a running api, and its process. */
export interface RunningApi {
  readonly url: string;
  readonly server: ServerProcess;
}

/** Our own services on their own Redis, for runs without another deployment. */
export class Product {
  readonly redis: RedisProcess;
  readonly #directory = mkdtempSync(join(tmpdir(), 'ravi-load-'));
  readonly #servers: ServerProcess[] = [];
  readonly #begun = { api: 0, issuer: 0 };
  /** The services, and where they tell their metrics. */
  readonly counted: Counted[] = [];

  private constructor(redis: RedisProcess) {
    this.redis = redis;
  }

  /** Starts the Redis only; services are added one by one. */
  static async onRedis(cpu: number | null = null, appendfsync: AppendFsync = 'everysec'): Promise<Product> {
    return new Product(await RedisProcess.start(cpu, appendfsync));
  }

  /** Every process, Redis first. */
  get servers(): readonly ServerProcess[] {
    return [this.redis.process, ...this.#servers];
  }

  async startApi(options: ServiceOptions = {}): Promise<RunningApi> {
    const { server, ports } = await this.#start('api', options);
    return { url: `http://127.0.0.1:${ports.port}`, server };
  }

  async startIssuer(options: ServiceOptions = {}): Promise<ServerProcess> {
    return (await this.#start('issuer', options)).server;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await this.redis.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(
    service: 'api' | 'issuer',
    options: ServiceOptions,
  ): Promise<{ server: ServerProcess; ports: ServicePorts }> {
    const number = ++this.#begun[service];
    const readyFile = join(this.#directory, `${randomUUID()}.json`);
    let ports: ServicePorts | null = null;
    const server = await ServerProcess.start({
      name: `${service} ${number}`,
      program: process.execPath,
      args: [...(options.nodeFlags ?? []), join(root, `services/${service}/src/main.ts`)],
      env: {
        REDIS_URL: this.redis.url,
        DATA_DIR: this.#directory,
        PUBLIC_URL: 'http://login.localhost:3000',
        RATE_LIMITS: 'off',
        // All logins are one person's: each is told in the audit log all the same, as those of many are.
        AUDIT_MAX_PER_ACCOUNT: '0',
        // One session approves them, for as long as a run lasts: two days at most.
        REAUTHENTICATE_AFTER_SECONDS: '172800',
        SESSION_MAX_SECONDS: '172800',
        // The load generator sends X-Forwarded-For like a balancer.
        TRUSTED_PROXY_HOPS: '1',
        LOG_LEVEL: 'warn',
        PORT: '0',
        ADMIN_PORT: '0',
        ...options.env,
        READY_FILE: readyFile,
      },
      cpu: options.cpu ?? null,
      isReady: (pid) => {
        ports = readReadyFile(readyFile, pid);
        return Promise.resolve(ports !== null);
      },
    });
    this.#servers.push(server);
    if (ports === null) throw new LoadError(`${server.name} did not announce its ports.`);
    this.counted.push({ name: server.name, url: metricsUrl(ports) });
    // At the same address, for those who know it.
    server.restartWith(portsAsSettings(ports));
    return { server, ports };
  }
}

const portsAsSettings = ({ port, adminPort }: ServicePorts): Readonly<Record<string, string>> => ({
  ...(port === undefined ? {} : { PORT: String(port) }),
  ADMIN_PORT: String(adminPort),
});

const metricsUrl = ({ adminPort }: ServicePorts) => `http://127.0.0.1:${adminPort}/metrics`;
