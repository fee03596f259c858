import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../scripts/setup/commands.mjs';
import { root } from '../../scripts/setup/root.mjs';
import { killChild } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

const describeWithCaddy = findProgram('caddy') ? describe : describe.skip;

describeWithCaddy('on a machine with Caddy', () => {
  test('the example passes no id and no trace on that a client chose, says who asks, and answers 503 with Retry-After where no api is', async () => {
    const asked: IncomingHttpHeaders[] = [];
    const api = createServer(({ headers }, response) => {
      asked.push(headers);
      response.end('served');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => api.once('listening', resolve));
    const apiPort = (api.address() as AddressInfo).port;
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'ravi-caddy-'));
    // As it is, but for the addresses: without a name there is no certificate to get.
    const example = readFileSync(join(root, 'deploy/tls/Caddyfile'), 'utf8')
      .replace('login.example.com {', `http://127.0.0.1:${port} {`)
      .replace('127.0.0.1:3001 127.0.0.1:3002', `127.0.0.1:${apiPort}`);
    const file = join(folder, 'Caddyfile');
    writeFileSync(file, `{\n\tadmin off\n}\n${example}`);
    const caddy = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], {
      env: { PATH: process.env['PATH'], HOME: folder },
      stdio: 'ignore',
    });
    const headers = { 'X-Request-Id': 'chosen', traceparent: 'chosen' };
    const ask = () => fetch(`http://127.0.0.1:${port}/`, { headers }).catch(() => null);
    try {
      await eventually('it serves', async () => (await ask())?.status === 200);
      expect(asked.at(-1)).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
      for (const name of ['x-request-id', 'traceparent']) expect(asked.at(-1)).not.toHaveProperty(name);

      await new Promise((resolve) => {
        api.close(resolve);
        api.closeAllConnections();
      });
      const refused = await eventually('it answers', ask);
      expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
        503,
        '1',
        { detail: 'The service was interrupted. Try again.', retry_after_seconds: 1 },
      ]);
    } finally {
      await killChild(caddy);
      api.close();
      rmSync(folder, { recursive: true });
    }
  });
});
