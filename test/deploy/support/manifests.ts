import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from '../../../scripts/setup/root.mjs';

/** The folder of the manifests. */
export const kubernetes = join(root, 'deploy/kubernetes');

/** An object of Kubernetes, as far as its kind is known. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A kustomization.yaml, as far as we use it. */
export interface Kustomization {
  readonly resources: readonly string[];
  readonly images?: readonly { readonly name: string }[];
  readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
}

/** The objects of a YAML text. Throws if it is not YAML, or names a key twice. */
export function readManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.map(String).join('\n'));
    return document.toJS();
  });
}

/** The files of a folder, apart from its kustomization.yaml. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(join(kubernetes, folder)).filter((name) => name !== 'kustomization.yaml');
}

export function manifestsOf(folder: string): readonly Manifest[] {
  return filesOf(folder).flatMap((name) =>
    readManifests(readFileSync(join(kubernetes, folder, name), 'utf8')),
  );
}

export function kustomizationOf(folder: string): Kustomization {
  const [document] = parseAllDocuments(readFileSync(join(kubernetes, folder, 'kustomization.yaml'), 'utf8'));
  return document?.toJS();
}

/**
 * What the API server would refuse in these objects, one sentence each: wrong values by the schemas of the Kubernetes API, unknown
 * fields by its types. Both come from the package kubernetes-models, so that no cluster is needed.
 */
export async function manifestProblems(manifests: readonly Manifest[]): Promise<readonly string[]> {
  return [...(await wrongValues(manifests)), ...(await unknownFields(manifests))];
}

async function wrongValues(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const output = await outputOf([join(import.meta.dirname, 'wrong-values.ts')], JSON.stringify(manifests));
  return output.split('\n').filter((line) => line !== '');
}

/** Lets the compiler compare each object, written as TypeScript, with the type of its kind. */
async function unknownFields(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  // Inside node_modules, so that the compiler finds the package.
  const folder = mkdtempSync(join(cache, 'manifests-'));
  const file = join(folder, 'manifests.ts');
  const lines = manifests.map((manifest, index) => {
    const { apiVersion, kind } = manifest;
    const type = `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`;
    return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};\n`;
  });
  writeFileSync(file, lines.join(''));
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--module', 'nodenext'];
  const command = [join(root, 'node_modules/typescript/bin/tsc'), ...options, '--pretty', 'false', file];
  const output = await outputOf(command);
  rmSync(folder, { recursive: true });
  // One object a line: "…/manifests.ts(3,120): error TS2353: Object literal …".
  return [...output.matchAll(/^.*manifests\.ts\((\d+),\d+\): error \w+: (.*)$/gm)].map(
    ([, line, message]) => {
      const { kind, metadata } = manifests[Number(line) - 1] ?? {};
      return `${kind} ${metadata?.name}: ${message}`;
    },
  );
}

/** What a Node program prints on either stream. */
function outputOf(command: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { cwd: root }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
    child.stdin?.end(input);
  });
}
