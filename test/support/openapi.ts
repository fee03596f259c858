import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { closed, closedInside } from './closed-schemas.ts';

interface Operation {
  /** What a call needs: one of these. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, ResponseObject>>;
}
interface ResponseObject {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses?: Readonly<Record<string, ResponseObject>>;
    readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/** The product's own description of its HTTP interface. */
export const openApi = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8'),
) as OpenApi;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const schemas = Object.fromEntries(
  Object.entries(openApi.components.schemas).map(([name, schema]) => [name, closedInside(schema)]),
);
ajv.addSchema({ $id: 'openapi', components: { schemas } });
const compiled = new Map<object, ValidateFunction>();

/** The apis of another release: its own description documents their answers. */
const ofOtherReleases = new Set<string>();

/** Says whether an api that has started is of another release. */
export function noteRelease(apiUrl: string, release: 'this' | 'other'): void {
  const { origin } = new URL(apiUrl);
  if (release === 'other') ofOtherReleases.add(origin);
  // One of another release may have listened there before.
  else ofOtherReleases.delete(origin);
}

/** Whether `openapi.json` describes what answers at this URL. */
export function isDocumentedHere(url: string): boolean {
  return !ofOtherReleases.has(new URL(url).origin);
}

/** An answer as a client saw it. */
export interface SeenResponse {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or undefined for another type. */
  readonly json: unknown;
}

/**
 * Throws unless `openapi.json` documents this answer: its status, its type, its required headers and its body, in which every
 * field is documented, except where a schema says itself that it takes others (`additionalProperties`).
 */
export function assertDocumented(seen: SeenResponse): void {
  const name = `${seen.method} ${seen.path} → ${seen.status}`;
  const response = documentedResponse(seen);
  if (!response) throw new Error(`openapi.json does not document ${name}`);
  for (const [header, { required }] of Object.entries(response.headers ?? {})) {
    if (required && !seen.headers.has(header)) throw new Error(`${name} lacks the header ${header}`);
  }
  const type = (seen.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const media = response.content?.[type];
  if (!media) {
    if (!response.content) return;
    throw new Error(`${name} has the type ${type}, which openapi.json does not document`);
  }
  if (!media.schema || seen.json === undefined) return;
  const validate = compiled.get(media) ?? ajv.compile(rebase(closed(media.schema)));
  compiled.set(media, validate);
  if (validate(seen.json)) return;
  const errors = (validate.errors ?? []).map(({ instancePath, message, params }) =>
    // Which field it is stands in the parameters alone.
    [instancePath, message, params['unevaluatedProperty'] ?? params['additionalProperty']]
      .filter(Boolean)
      .join(' '),
  );
  throw new Error(`${name} does not fit openapi.json: ${errors.join(', ')}`);
}

function documentedResponse(seen: SeenResponse): ResponseObject | undefined {
  const path = openApi.paths[documentedPath(seen.path)];
  // A path or method that is not served has no operation: what such an answer looks like is documented once for all.
  const operation = path?.[seen.method.toLowerCase()];
  const found = operation?.responses[String(seen.status)] ?? operation?.responses['default'];
  const form = seen.path.startsWith('/oauth/')
    ? 'OAuthError'
    : /^\/(api|\.well-known)\//.test(seen.path)
      ? 'Problem'
      : 'ProblemPage';
  const unserved = [404, 405].includes(seen.status) ? { $ref: `#/components/responses/${form}` } : undefined;
  const response = operation ? found : unserved;
  const reference = response?.$ref?.split('/').pop();
  return reference === undefined ? response : openApi.components.responses?.[reference];
}

/** The path as openapi.json writes it: with its trailing slash, where it has one, and names for what varies. */
function documentedPath(path: string): string {
  const patterns = [path, `${path}/`];
  const fits = (template: string) => {
    const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return patterns.some((candidate) => pattern.test(candidate));
  };
  return (
    patterns.find((candidate) => candidate in openApi.paths) ?? Object.keys(openApi.paths).find(fits) ?? path
  );
}

/** Points `#/components/…` at the document that ajv knows as `openapi`. */
function rebase(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
}
