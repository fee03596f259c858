/**
 * Reads objects of Kubernetes as a JSON list from standard input, and prints a line for each that the schemas of its API refuse. A process of
 * its own, because jest's loader does not bear the package's many modules.
 */
import { json } from 'node:stream/consumers';
import type { Manifest } from './manifests.ts';

/** What the package exports for a kind. */
interface Model {
  new (manifest: Manifest): { validate(): void };
}

const manifests = (await json(process.stdin)) as readonly Manifest[];
for (const manifest of manifests) {
  const { apiVersion, kind, metadata } = manifest;
  const models: Readonly<Record<string, Model>> = await import(`kubernetes-models/${apiVersion}/${kind}`);
  const Kind = models[kind];
  try {
    if (!Kind) throw new Error(`there is no such kind in ${apiVersion}`);
    new Kind(manifest).validate();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${kind} ${metadata.name}: ${reason}\n`);
  }
}
