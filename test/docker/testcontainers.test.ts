import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GenericContainer, type StartedTestContainer } from 'testcontainers';
import { superviseService, type SupervisedService } from '../../scripts/stack/service.ts';
import { startClientLogin } from '../support/client-login.ts';
import { Person } from '../support/person.ts';

const limitMs = 120_000;

// The container that would clean up after us is one more image to pull: we clean up ourselves.
process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';

let redis: StartedTestContainer;
let dataDir: string;
const services: SupervisedService[] = [];

beforeAll(async () => {
  redis = await new GenericContainer('redis:8-bookworm').withExposedPorts(6379).start();
  dataDir = await mkdtemp(join(tmpdir(), 'testcontainers-'));
}, limitMs);

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await redis?.stop();
  await rm(dataDir, { recursive: true });
}, limitMs);

test(
  'a program logs in at services that share nothing but a Redis in a container',
  async () => {
    const env = {
      ...process.env,
      NODE_ENV: 'development',
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      PORT: '0',
      PUBLIC_URL: 'http://login.localhost:3000',
      REDIS_URL: `redis://${redis.getHost()}:${redis.getMappedPort(6379)}`,
    };
    let port: number | undefined;
    for (const name of ['issuer', 'api'] as const) {
      const service = superviseService({ name, adminPort: 0, env });
      services.push(service);
      ({ port } = await service.ready);
    }

    const url = `http://127.0.0.1:${port}`;
    const person = await Person.signUp(url);
    const login = startClientLogin({ server: url, clientName: 'Testcontainers test' });
    await person.approve(url, (await login.code).userCode);
    const result = await login.result;
    expect(result.kind === 'loggedIn' && result.session.account?.email).toBe(person.email);
  },
  limitMs,
);
