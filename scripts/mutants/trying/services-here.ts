import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceProcess } from '../../../test/support/services.ts';
import { startService } from './service-host.ts';

/** Stands in for the `TestStack` of the tests: services that run in this process, with the modules of the moment. */
export class TestStack {
  readonly #env: Readonly<Record<string, string>>;
  readonly #directory = mkdtempSync(join(tmpdir(), 'ravi-test-'));
  readonly #services: ServiceProcess[] = [];

  constructor(redisUrl: string, env: Readonly<Record<string, string>> = {}) {
    this.#env = {
      REDIS_URL: redisUrl,
      DATA_DIR: this.#directory,
      PUBLIC_URL: 'http://login.localhost:3000',
      RATE_LIMITS: 'off',
      ...env,
    };
  }

  startApi(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    return this.#start('api', env);
  }

  startIssuer(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    return this.#start('issuer', env);
  }

  output(): string {
    return '';
  }

  async stop(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.end('SIGTERM')));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(name: 'api' | 'issuer', env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const readyFile = join(this.#directory, `${name}-${this.#services.length}-${Math.random()}.json`);
    const service = await startService(name, {
      ...this.#env,
      PORT: '0',
      ADMIN_PORT: '0',
      ...env,
      SHUTDOWN_DELAY_SECONDS: '0',
      SHUTDOWN_SECONDS: '2',
      READY_FILE: readyFile,
    });
    this.#services.push(service);
    return service;
  }
}
