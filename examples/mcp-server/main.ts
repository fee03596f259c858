// An MCP server that lets in programs with a login, and tells all others where to log in. (RFC 9728)
//     node --conditions=ravi-source examples/mcp-server/main.ts http://localhost:3000 http://localhost:4100/mcp
// The authorization server must know it: RESOURCE_SERVERS='[{"id":"mcp","secret":"...","resource":"http://localhost:4100/mcp"}]'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createVerifier } from '@ravi/verify';

const [issuer = 'http://localhost:3000', address = 'http://localhost:4100/mcp'] = process.argv.slice(2);
const verifier = createVerifier({ issuer, audience: address, scopes: ['account'] });

async function serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const { resourceMetadata } = verifier;
  if (request.url === resourceMetadata?.path) {
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(resourceMetadata?.document));
  }
  const caller = await verifier.verify(request.headers.authorization);
  if (caller.kind === 'unavailable') return response.writeHead(503).end();
  if (caller.kind === 'refused') {
    return response.writeHead(caller.status, { 'www-authenticate': caller.challenge }).end();
  }
  const server = new McpServer({ name: 'example', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Tells for which account the agent acts.' }, () => ({
    content: [{ type: 'text', text: `account ${caller.userId}` }],
  }));
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.once('close', () => void transport.close());
  await server.connect(transport);
  return transport.handleRequest(request, response);
}

const listener = createServer((request, response) => {
  serve(request, response).catch((error: unknown) =>
    response.destroy(error instanceof Error ? error : undefined),
  );
});
listener.listen(Number(new URL(address).port), () => console.log(`The MCP server is ready: ${address}`));
