import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killChild } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { deployPublic, type PublicDeployment } from '../support/stack.ts';

const examples = join(import.meta.dirname, '../../examples/mcp-server');
let deployment: PublicDeployment;
let person: Person;
let mcp: string;
let server: ChildProcess;
let folder: string;
beforeAll(async () => {
  mcp = `http://127.0.0.1:${await freePort()}/mcp`;
  folder = mkdtempSync(join(tmpdir(), 'mcp-'));
  deployment = await deployPublic({
    RESOURCE_SERVERS: JSON.stringify([{ id: 'mcp', secret: 'a-secret-of-the-mcp-server', resource: mcp }]),
  });
  person = await Person.signUp(deployment.url);
  const started = run('main.ts', deployment.url, mcp);
  server = started.child;
  await eventually('the MCP server is ready', () => started.output().includes('ready'));
});
afterAll(async () => {
  await killChild(server);
  await deployment.stop();
  rmSync(folder, { recursive: true });
});

function run(program: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=ravi-source', join(examples, program), ...args]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return { child, output: () => output };
}

test('an agent without a browser that knows an MCP server’s address logs in there, and calls its tools; its second run asks nobody', async () => {
  const store = join(folder, 'login.json');
  const first = run('agent.ts', mcp, store);
  const ended = once(first.child, 'close');
  const code = await eventually('the agent shows its code', () => {
    if (first.child.exitCode !== null) throw new Error(first.output());
    return /enter ([A-Z]{4}-[A-Z]{4})/.exec(first.output())?.[1];
  });
  await person.approve(deployment.url, code);
  await ended;
  expect(first.output()).toContain(`account ${person.user.id}`);

  const second = run('agent.ts', mcp, store);
  await once(second.child, 'close');
  expect(second.output()).toBe(`[{"type":"text","text":"account ${person.user.id}"}]\n`);
});

/** @shows RFC 9700 §2.3(1) */
test('a token for another audience does not open the MCP server, which tells where to get one', async () => {
  const { access_token: token } = await new OAuthClient(deployment.url).logIn(person);
  const answer = await fetch(mcp, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  const { origin } = new URL(mcp);
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringMatching(/^Bearer .*error="invalid_token".*resource_metadata=.*scope="account"/),
  ]);
  const metadata = await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
  expect(await metadata.json()).toMatchObject({ resource: mcp, authorization_servers: [deployment.url] });
});
