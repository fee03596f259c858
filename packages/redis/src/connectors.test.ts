import { createServer } from 'node:net';
import { ServerConnector } from './connectors.ts';

test('a connection that fails a second time, after its user was told, does not end the process', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const connector = new ServerConnector({ host: '127.0.0.1', port });
  const stream = await connector.connect(() => undefined);
  // With a listener for the first error alone, the second one would be thrown here.
  for (const message of ['certificate required', 'read ECONNRESET']) stream.emit('error', new Error(message));
  expect(connector.firstError?.message).toBe('certificate required');
  connector.disconnect();
  await new Promise((resolve) => server.close(resolve));
});
