import { join } from 'node:path';
import { Secret } from '@ravi/runtime';
import type { KeySources } from './key-sources.ts';

/** The sources that these settings name. */
export function keySources(values: {
  readonly SIGNING_KEY_DIR?: string | undefined;
  readonly SIGNING_KEY_FILES?: readonly string[] | undefined;
  readonly SIGNING_KEYS?: Secret | undefined;
  readonly DATA_DIR: string;
}): KeySources {
  const { SIGNING_KEY_DIR: directory, SIGNING_KEY_FILES: files, SIGNING_KEYS: text } = values;
  if (directory === undefined && files === undefined && text === undefined) {
    // Development has its own keys.
    const own = join(values.DATA_DIR, 'signing-keys');
    return { files: [], directory: own, directoryFrom: 'DATA_DIR', text: null };
  }
  return {
    files: files ?? [],
    directory: directory ?? null,
    directoryFrom: 'SIGNING_KEY_DIR',
    // For environments without multi-line values, \n stands for a line break.
    text: text === undefined ? null : new Secret(text.reveal().replaceAll('\\n', '\n')),
  };
}
