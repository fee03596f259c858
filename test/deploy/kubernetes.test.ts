import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram } from '../../scripts/setup/commands.mjs';
import { root } from '../../scripts/setup/root.mjs';
import { parseConfig } from '../../services/api/src/config.ts';
import {
  filesOf,
  kubernetes,
  kustomizationOf,
  type Manifest,
  manifestProblems,
  manifestsOf,
  readManifests,
} from './support/manifests.ts';

const base = manifestsOf('base');
const overlays = ['overlays/production', 'overlays/trial'];
const everything = [...base, ...overlays.flatMap(manifestsOf)];

test('the API server would take every manifest', async () => {
  expect(everything.length).toBeGreaterThan(12);
  expect(await manifestProblems(everything)).toEqual([]);
});

test('a misspelt field and a value of another type are found', async () => {
  const planted = everything.map((manifest): Manifest => {
    const text = JSON.stringify(manifest);
    if (manifest.metadata.name === 'ravi-api' && manifest.kind === 'Deployment')
      return JSON.parse(text.replace('readinessProbe', 'readynessProbe'));
    if (manifest.kind === 'HorizontalPodAutoscaler' && manifest.metadata.name === 'ravi-api')
      return JSON.parse(text.replace('"maxReplicas":20', '"maxReplicas":"20"'));
    return manifest;
  });
  expect(await manifestProblems(planted)).toEqual([
    expect.stringMatching(/^HorizontalPodAutoscaler ravi-api: .*maxReplicas must be integer/),
    "HorizontalPodAutoscaler ravi-api: Type 'string' is not assignable to type 'number'.",
    expect.stringMatching(/^Deployment ravi-api: .*"readynessProbe"' does not exist/),
  ]);
});

test.each(['base', ...overlays])('%s lists each of its files, and images that there are', (folder) => {
  const { resources, images = [] } = kustomizationOf(folder);
  expect(new Set(resources)).toEqual(
    new Set([...filesOf(folder), ...(folder === 'base' ? [] : ['../../base'])]),
  );
  for (const { name } of images) expect(JSON.stringify(base)).toContain(`"image":"${name}"`);
});

test.each(overlays)('an api takes the settings of %s, and needs only the secrets besides', (overlay) => {
  const literals = ['base', overlay].flatMap((folder) =>
    kustomizationOf(folder).configMapGenerator.flatMap((map) => map.literals),
  );
  const settings = Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s, 2)));
  const secrets = { SECRET: 'kX9#vQ2$mL7!wR4@tY6&uI8*oP1(aS3)', REDIS_URL: 'redis://:word@redis:6379' };
  const { maxHeldWaits } = parseConfig({ ...settings, ...secrets });
  const scaling = base.find(
    ({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && metadata.name === 'ravi-api',
  );
  // Pods are added at 60 % of what each may hold.
  expect(JSON.stringify(scaling)).toContain(`"averageValue":"${maxHeldWaits * 0.6}"`);
});

test('whatever names pods or their ports names some that there are', () => {
  const workloads = everything.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
  const all = (manifests: readonly Manifest[], pattern: RegExp) =>
    [...JSON.stringify(manifests).matchAll(pattern)].map(([, name]) => name);
  const names = workloads.map(({ metadata }) => metadata.name);
  const ports = all(workloads, /"name":"(\w+)","containerPort"/g);
  expect(names).toEqual(expect.arrayContaining(all(everything, /"app.kubernetes.io\/name":"([^"]+)"/g)));
  expect(names).toEqual(expect.arrayContaining(all(everything, /"scaleTargetRef":.*?"name":"([^"]+)"/g)));
  const users = everything.filter(({ kind }) => ['Service', 'NetworkPolicy'].includes(kind));
  expect(ports).toEqual(expect.arrayContaining(all(users, /"(?:targetPort|port)":"(\w+)"/g)));
});

test('every container runs without root, without capabilities and on a file system that it cannot write', () => {
  for (const { kind, spec } of everything) {
    if (!['Deployment', 'StatefulSet'].includes(kind)) continue;
    expect(spec).toMatchObject({
      template: {
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              resources: { requests: expect.anything(), limits: { memory: expect.any(String) } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    });
  }
});

test('a pod that waits for a Redis that loads its data is not killed for a quarter of an hour', () => {
  const services = base.filter(({ kind }) => kind === 'Deployment');
  expect(services.map(({ metadata }) => metadata.name)).toEqual(['ravi-api', 'ravi-issuer']);
  for (const { spec } of services) {
    const startupProbe = {
      httpGet: { path: '/livez', port: 'admin' },
      periodSeconds: 1,
      failureThreshold: 900,
    };
    expect(spec).toMatchObject({ template: { spec: { containers: [{ startupProbe }] } } });
  }
});

test('an api stays in through a failover of Redis: with none in, the ingress would answer what libraries take for the end of a login', () => {
  const api = base.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'ravi-api');
  const readinessProbe = { httpGet: { path: '/readyz' }, periodSeconds: 2, failureThreshold: 15 };
  expect(api).toMatchObject({ spec: { template: { spec: { containers: [{ readinessProbe }] } } } });
});

test('the ingress lets a wait take its time, and logs no query, which can hold a code or a link', () => {
  const [ingress, ...others] = everything.filter(({ kind }) => kind === 'Ingress');
  expect(others).toEqual([]);
  expect(ingress?.metadata['annotations']).toMatchObject({
    'nginx.ingress.kubernetes.io/proxy-read-timeout': '150',
    'nginx.ingress.kubernetes.io/enable-access-log': 'false',
  });
});

const describeWithKubectl = findProgram('kubectl') ? describe : describe.skip;
describeWithKubectl('on a machine with kubectl', () => {
  test.each(overlays)('kubectl renders %s, and the API server would take the result', async (overlay) => {
    const rendered = execFileSync('kubectl', ['kustomize', join(kubernetes, overlay)], { cwd: root });
    const manifests = readManifests(rendered.toString());
    expect(manifests.length).toBeGreaterThan(base.length);
    expect(await manifestProblems(manifests)).toEqual([]);
  });
});
