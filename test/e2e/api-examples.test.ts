import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiExamples, ExampleRun, exampleResourceServer } from '../support/api-examples.ts';
import { Person } from '../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
let run: ExampleRun;
beforeAll(async () => {
  deployment = await shareDeployment();
  const { url: here } = await deployment.startApi({
    RESOURCE_SERVERS: JSON.stringify([exampleResourceServer]),
  });
  const [there] = deployment.urls;
  const person = await Person.signUp(here);
  run = new ExampleRun(here, (userCode) => person.approve(there, userCode));
});
afterAll(() => deployment.stop());

describe('docs/api.md tells what the service does:', () => {
  test.each(apiExamples)('$title', async (example) => {
    const { actual, expected } = await run.step(example);
    expect(actual).toEqual(expected);
  });
});

test('every call of the JSON interface for programs has an example', () => {
  const calls = apiExamples.flatMap((example) =>
    example.kind === 'request' ? [example.title.split(' → ')[0] ?? ''] : [],
  );
  const shown = new Set(calls.map((call) => call.replace(/\$\w+/g, '{}')));
  const { paths } = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, { readonly security?: readonly object[] }>>;
  };
  const missing = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { security = [] }]) => security.some((scheme) => !('session' in scheme)))
      .filter(() => /^\/(api|oauth)\//.test(path) && !/\/(signup|login)\/$/.test(path))
      .map(([method]) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
      .filter((call) => !shown.has(call)),
  );
  expect(missing).toEqual([]);
});
