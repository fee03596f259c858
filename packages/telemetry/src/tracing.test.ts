import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');

/**
 * Runs code in a process of its own. Resolves to which modules of OpenTelemetry were loaded there, besides its interfaces, which the
 * library of the metrics loads for itself.
 */
async function loadedBy(code: string): Promise<readonly string[]> {
  const watched = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    process.on('exit', () => console.log('\\n' + JSON.stringify(loaded.filter((url) => /@opentelemetry.(?!api.)/.test(url)))));
    ${code}`;
  const run = promisify(execFile)(
    process.execPath,
    ['--conditions=ravi-source', '--input-type=module', '--eval', watched],
    { cwd: root, env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production' } },
  );
  // A service without settings refuses to start.
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as readonly string[];
}

const start = (endpoint: string) => `
  const { startTracing } = await import('@ravi/telemetry');
  await startTracing({ endpoint: ${endpoint}, ratio: 1, service: 'api', instance: 'test' });
  process.exit();`;

test('without a collector no module of OpenTelemetry is loaded, neither with the services nor by what starts tracing', async () => {
  const [off, api, issuer, on] = await Promise.all([
    loadedBy(start('undefined')),
    loadedBy("await import('./services/api/src/main.ts');"),
    loadedBy("await import('./services/issuer/src/main.ts');"),
    loadedBy(start("'http://127.0.0.1:1'")),
  ]);
  expect([off, api, issuer]).toEqual([[], [], []]);
  expect(on.length).toBeGreaterThan(0);
});
