import { join } from 'node:path';
import { Secret } from '@ravi/runtime';
import type { KeySources } from './key-sources.ts';

/** The sources that these settings name, with the variable that error messages name. */
export function keySources(values: {
  readonly SIGNING_KEY_DIR?: string | undefined;
  readonly SIGNING_KEY_FILES?: readonly string[] | undefined;
  readonly SIGNING_KEYS?: Secret | undefined;
  readonly DATA_DIR: string;
}): KeySources & { readonly variable: string } {
  const { SIGNING_KEY_DIR: directory, SIGNING_KEY_FILES: files, SIGNING_KEYS: text } = values;
  if (directory === undefined && files === undefined && text === undefined) {
    // Development has its own keys.
    const own = join(values.DATA_DIR, 'signing-keys');
    return { files: [], directory: own, texts: [], variable: 'DATA_DIR' };
  }
  return {
    files: files ?? [],
    directory: directory ?? null,
    // For environments without multi-line values, \n stands for a line break.
    texts: text === undefined ? [] : [new Secret(text.reveal().replaceAll('\\n', '\n'))],
    variable: directory !== undefined ? 'SIGNING_KEY_DIR' : files ? 'SIGNING_KEY_FILES' : 'SIGNING_KEYS',
  };
}
