/**
 * A resource server and a program that logs in and calls it:
 *
 *     npm start              in one terminal
 *     npm run example        in another
 *
 * DEVICE_AUTH_URL is the authorization server's address (http://localhost:3000), EXAMPLE_PORT this service's port (4000).
 * EXAMPLE_CLIENT_ID and EXAMPLE_CLIENT_SECRET: as registered in RESOURCE_SERVERS. Serves until Ctrl-C.
 */
import type { AddressInfo } from 'node:net';
import { logIn, useNotes } from './program.ts';
import { createNotesService } from './service.ts';

const issuer = (process.env['DEVICE_AUTH_URL'] ?? 'http://localhost:3000').replace(/\/+$/, '');
const { EXAMPLE_CLIENT_ID: clientId, EXAMPLE_CLIENT_SECRET: clientSecret } = process.env;
const registration = clientId && clientSecret ? { clientId, clientSecret } : undefined;

const app = createNotesService({ issuer, ...(registration ? { registration } : {}) });
const server = app.listen(Number(process.env['EXAMPLE_PORT'] ?? 4000), '127.0.0.1', () => void run());

async function run(): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log(`The service keeps notes at ${url}/note. Now the program logs in.\n`);
  try {
    const { access, management_key: key } = await logIn(issuer, console.log);
    console.log(`\nWith the access token: ${await useNotes(url, access)}`);
    if (registration && key !== '') console.log(`With the management key: ${await useNotes(url, key)}`);
    console.log(`\nTry it yourself: curl -i ${url}/note -H 'Authorization: Bearer ...'. Stop with Ctrl-C.`);
  } catch (error) {
    console.error(error instanceof Error ? `It did not work: ${error.message}` : error);
    console.error(`Is an authorization server at ${issuer}? Start one with: npm start`);
    process.exitCode = 1;
    server.close();
  }
}
