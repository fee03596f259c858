// An agent without a browser that knows an MCP server's address, and nothing else: learns where to log in, logs in, and calls a tool.
//     node --conditions=ravi-source examples/mcp-server/agent.ts http://localhost:4100/mcp ./mcp-login.json
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { deviceLogin, fileStore, openSession } from '@ravi/client';

const [address = 'http://localhost:4100/mcp', path = './mcp-login.json'] = process.argv.slice(2);
const refused = await fetch(address, { method: 'POST' });
const [, metadataUrl = ''] =
  /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
const metadata: { readonly resource: string; readonly authorization_servers: readonly [string] } = JSON.parse(
  await (await fetch(metadataUrl)).text(),
);
if (metadata.resource !== address) throw new Error('These metadata are for another service.');
const [server] = metadata.authorization_servers;

const store = fileStore(path);
const session =
  (await openSession({ server, store })) ??
  (await deviceLogin({
    server,
    store,
    clientId: 'mcp-agent',
    resource: address,
    onCode: ({ userCode, verificationUri, verificationNumber }) => {
      console.log(`Open ${verificationUri} and enter ${userCode}`);
      if (verificationNumber !== null)
        console.log(`If the page asks for a number, it is ${verificationNumber}.`);
    },
  }));

const client = new Client({ name: 'example agent', version: '1.0.0' });
await client.connect(
  new StreamableHTTPClientTransport(new URL(address), { fetch: (url, init) => session.fetch(url, init) }),
);
const { content } = await client.callTool({ name: 'whoami' });
console.log(JSON.stringify(content));
await client.close();
