import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Person } from '../support/person.ts';
import { deployPublic, type PublicDeployment } from '../support/stack.ts';

let deployment: PublicDeployment;
let person: Person;
beforeAll(async () => {
  deployment = await deployPublic();
  person = await Person.signUp(deployment.url);
});
afterAll(() => deployment.stop());

// Debian's Python, which has its packages.
test.each([
  ['Authlib', '/usr/bin/python3', 'authlib_client.py'],
  ['requests-oauthlib', '/usr/bin/python3', 'requests_oauthlib_client.py'],
  ['curl', 'bash', 'curl_client.sh'],
])('%s logs in, refreshes and revokes', async (_name, program, script) => {
  const child = spawn(program, [join(import.meta.dirname, script), deployment.url]);
  let output = '';
  const said = Promise.withResolvers<string>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    said.resolve(text.split('\n')[0] ?? '');
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const userCode = await Promise.race([said.promise, ended.then(() => '')]);
  if (userCode !== '') await person.approve(deployment.url, userCode);
  expect([await ended, output]).toEqual([0, `${userCode}\ndone\n`]);
});
