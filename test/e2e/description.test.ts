import { openApi } from '../support/openapi.ts';
import { send } from '../support/http.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const publicUrl = 'http://login.localhost:3000';
const get = (path: string) => send(deployment.urls[0] + path, { method: 'GET' });

test('the service describes itself: openapi.json with its own address', async () => {
  expect((await get('/openapi.json')).body).toEqual({ ...openApi, servers: [{ url: publicUrl }] });
});

test('llms.txt leads an agent to calls that exist', async () => {
  const { text, headers } = await get('/llms.txt');
  expect(headers.get('content-type')).toMatch(/^text\/plain/);
  const paths = [...text.matchAll(/(?:POST |\()http:\/\/login\.localhost:3000([^\s)]+)/g)].map(
    ([, path]) => path ?? '',
  );
  expect(paths.length).toBeGreaterThan(5);
  for (const path of paths) expect(openApi.paths).toHaveProperty([path]);
});

test('pages of every site may read the descriptions and the keys', async () => {
  const documents = ['oauth-authorization-server', 'openid-configuration', 'jwks.json'].map(
    (name) => `/.well-known/${name}`,
  );
  for (const path of [...documents, '/openapi.json', '/llms.txt']) {
    expect([path, (await get(path)).headers.get('access-control-allow-origin')]).toEqual([path, '*']);
  }
});
