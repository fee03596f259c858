import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { root } from '../../scripts/setup/root.mjs';

/** A service of docker-compose.yml, with what the anchors bring. */
interface Service {
  readonly image: string;
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly [field: string]: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const compose: Compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
const services = Object.entries(compose.services);

test.each(services)(
  '%s writes nothing but its volumes, has no capability, and a limit of memory and of logs',
  (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.anything(),
      logging: { options: { 'max-size': '10m', 'max-file': '5' } },
    });
  },
);

test('Redis is reached by the services alone, and only the load balancer from outside of this machine', () => {
  expect(compose.networks).toEqual({ edge: null, store: { internal: true } });
  const inside = services.filter(([, { networks }]) => networks.includes('store')).map(([name]) => name);
  expect(inside).toEqual(['api', 'issuer', 'redis']);
  expect(compose.services['redis']?.networks).toEqual(['store']);
  const open = services.flatMap(([name, { ports = [] }]) =>
    ports.some((port) => !port.startsWith('127.0.0.1:')) ? [name] : [],
  );
  expect(open).toEqual(['lb']);
});

test('what is mounted from the repository is there, and every image has a version', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) =>
    volumes.map((volume) => volume.split(':')[0] ?? ''),
  );
  const ours = mounts.filter((source) => source.startsWith('./'));
  expect(ours.length).toBeGreaterThan(2);
  expect(ours.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  for (const [, { image }] of services) expect(image).toMatch(/^ravi-device-auth$|:v?\d/);
});

test('Prometheus asks each service that has figures, on the port where they are, and reads the alert rules', () => {
  const scraped = readFileSync(join(root, 'deploy/prometheus/prometheus.yml'), 'utf8');
  for (const service of ['api', 'issuer']) {
    expect(parse(scraped).scrape_configs).toContainEqual(
      expect.objectContaining({
        dns_sd_configs: [expect.objectContaining({ names: [service], port: 3001 })],
      }),
    );
  }
  const [, rules = ''] = /rule_files: \[\/etc\/prometheus\/(\S+)\]/.exec(scraped) ?? [];
  expect(existsSync(join(root, 'deploy/prometheus', rules))).toBe(true);
  const [, port] = /'lb:(\d+)'/.exec(scraped) ?? [];
  expect(readFileSync(join(root, 'deploy/haproxy.cfg'), 'utf8')).toContain(`bind :${port}\n`);
});

test.each(['haproxy.cfg', 'tls/haproxy.cfg', 'tls/Caddyfile'])(
  'the proxy of deploy/%s passes no id and no trace on that a client chose',
  (file) => {
    const lines = readFileSync(join(root, 'deploy', file), 'utf8')
      .split('\n')
      .map((line) => line.trim());
    for (const name of ['X-Request-Id', 'traceparent']) {
      const drops = file.endsWith('.cfg') ? `http-request del-header ${name}` : `header_up -${name}`;
      expect(lines).toContain(drops);
    }
  },
);

test.each(['haproxy.cfg', 'tls/haproxy.cfg'])(
  'the balancer of deploy/%s asks the apis that run, in the same places, where none is ready',
  (file) => {
    const text = readFileSync(join(root, 'deploy', file), 'utf8');
    const [ready = '', running = ''] = ['api', 'running'].map(
      (backend) => new RegExp(`^backend ${backend}\\n((?: .*\\n)+)`, 'm').exec(text)?.[1],
    );
    expect(ready).toContain('  server');
    expect(running).toBe(ready.replace(/^ +#.*\n/gm, '').replace('/readyz', '/livez'));
    expect(text).toMatch(/^ {2}use_backend running if \{ nbsrv\(api\) eq 0 \}\n {2}default_backend api$/m);
  },
);

test('a .env that was copied from .env.example sets nothing, so that what docker-compose.yml says goes on to count', () => {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  expect(parseEnv(example)).toEqual({});
  expect(example).toMatch(/^#TRUSTED_PROXY_HOPS=0$/m);
});

describe('a .env that names every setting, and a secret without a value', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ravi-env-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a script on the folder; returns what whoever reads its `.env` then finds. */
  const after = (script: 'secrets' | 'rotate-secret') => {
    execFileSync(process.execPath, [join(root, `scripts/${script}.mjs`), folder], { stdio: 'ignore' });
    return parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
  };

  test('gets its secrets, which not everybody may read, and SECRET rotates in it in three steps that change nothing else', () => {
    const named = readFileSync(join(root, '.env.example'), 'utf8').replaceAll(/^#(?=[A-Z_]+=)/gm, '');
    writeFileSync(join(folder, '.env'), named, { mode: 0o644 });
    const { SECRET: old, SECRET_NEXT: _next, SECRET_PREVIOUS: _previous, ...others } = after('secrets');
    expect(old).toMatch(/^[\w-]{64}$/);
    expect(statSync(join(folder, '.env')).mode & 0o007).toBe(0);
    const first = after('rotate-secret');
    const fresh = first['SECRET_NEXT'];
    expect(fresh).toMatch(/^[\w-]{64}$/);
    expect(first).toEqual({ ...others, SECRET: old, SECRET_NEXT: fresh });
    expect(after('rotate-secret')).toEqual({ ...others, SECRET: fresh, SECRET_PREVIOUS: old });
    expect(after('rotate-secret')).toEqual({ ...others, SECRET: fresh });
  });

  test('stays a link where it is one: what it leads to is changed', () => {
    const kept = join(folder, 'kept');
    writeFileSync(kept, `SECRET=${'a secret of before '.repeat(2)}\n`);
    symlinkSync(kept, join(folder, '.env'));
    expect(after('rotate-secret')).toEqual(parseEnv(readFileSync(kept, 'utf8')));
    expect(lstatSync(join(folder, '.env')).isSymbolicLink()).toBe(true);
  });

  test('has no SECRET where its last line names none, or only quotation marks', () => {
    for (const last of ['', '""', "''"]) {
      writeFileSync(join(folder, '.env'), `SECRET=${'a secret of before '.repeat(2)}\nSECRET=${last}\n`);
      expect(() => after('rotate-secret')).toThrow('Command failed');
    }
  });
});
