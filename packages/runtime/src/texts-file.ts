import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import { type Phrase, phrase, placeholdersOf } from './phrase.ts';

/** The texts of one service in a `TEXTS_FILE`: the api's pages, or the issuer's mails. */
export interface TextsPart<Texts extends object> {
  /** What we ship, by language. */
  readonly shipped: ReadonlyMap<string, Texts>;
  /** The shape of a language that we do not ship. */
  readonly patternFor: (lang: string) => Texts;
  /** The paths of texts that keep people safe: they stay as they are in a language that we ship. */
  readonly warnings: ReadonlySet<string>;
  /** Takes this part from all texts of a language. */
  readonly partOf: (texts: Readonly<Record<string, unknown>>) => unknown;
  /** The path of this part. */
  readonly path: readonly string[];
}

/** The languages with the operator's texts in them, and one sentence for each problem. */
export interface ReadTexts<Texts> {
  readonly languages: ReadonlyMap<string, Texts>;
  readonly problems: readonly string[];
}

const longestText = 1_000;
/** At most this many problems are told; the rest are counted. */
const maxProblems = 20;

/**
 * Reads one part of a file of texts by language, in the shape of ours. For a language that we ship it changes what it names, but no
 * warning; any other must have every text. Each text has the placeholders of ours.
 */
export function readTextsFile<Texts extends object>(path: string, part: TextsPart<Texts>): ReadTexts<Texts> {
  const { shipped, patternFor, partOf } = part;
  const file = parseFile(path);
  if (file === null)
    return {
      languages: shipped,
      problems: [`must name a JSON file such as {"en": {"signIn": {"title": "..."}}}; ${path} is none`],
    };
  const problems: string[] = [];
  const changed = new Map(shipped);
  for (const [lang, texts] of Object.entries(file)) {
    if (!isLanguage(lang)) {
      problems.push(`"${lang}" is no language such as "nl" or "pt-BR"`);
      continue;
    }
    const pattern = shipped.get(lang);
    const reader = new TextsReader(lang, pattern === undefined ? null : part.warnings, problems);
    const given = typeof texts === 'object' && texts !== null ? partOf({ ...texts }) : texts;
    // The reader returns what it was given as a pattern, with other words.
    changed.set(lang, reader.read(pattern ?? patternFor(lang), given, part.path) as Texts);
  }
  const told = problems.slice(0, maxProblems);
  if (problems.length > told.length) told.push(`has ${problems.length - told.length} more such problems`);
  return { languages: changed, problems: told };
}

/** Whether this is the tag of a language in which times and numbers can be written: by any other, a page could not be shown. (BCP 47) */
export function isLanguage(lang: string): boolean {
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(lang)) return false;
  try {
    return Intl.getCanonicalLocales(lang).length === 1;
  } catch {
    return false;
  }
}

function parseFile(path: string): Readonly<Record<string, unknown>> | null {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Reads the texts of one language after a pattern. */
class TextsReader {
  readonly #lang: string;
  /** Null for a language that we do not ship. */
  readonly #warnings: ReadonlySet<string> | null;
  readonly #problems: string[];

  constructor(lang: string, warnings: ReadonlySet<string> | null, problems: string[]) {
    this.#lang = lang;
    this.#warnings = warnings;
    this.#problems = problems;
  }

  /** The pattern with the given words in it; what has a problem stays as it was. */
  read(pattern: unknown, given: unknown, path: readonly string[]): unknown {
    if (given === undefined) {
      if (this.#warnings === null && path.join('.') !== 'lang') this.#tellMissing(pattern, path);
      return pattern;
    }
    if (path.join('.') === 'lang') return this.#tell(path, 'comes from the name of the language', pattern);
    if (this.#warnings?.has(path.join('.')))
      return this.#tell(path, 'is a warning, and stays as it is', pattern);
    if (typeof pattern === 'string') return this.#text(pattern, given, path);
    if (isPhrase(pattern)) return this.#phrase(pattern, given, path);
    return this.#group(pattern as object, given, path);
  }

  #group(pattern: object, given: unknown, path: readonly string[]): unknown {
    const shape = Array.isArray(pattern) ? 'a list' : 'an object';
    if (typeof given !== 'object' || given === null || Array.isArray(given) !== Array.isArray(pattern))
      return this.#tell(path, `must be ${shape} of texts`, pattern);
    const entries = new Map(Object.entries(given));
    for (const name of entries.keys()) {
      if (Object.hasOwn(pattern, name)) continue;
      const nearest = nearestName(name, Object.keys(pattern));
      this.#tell([...path, name], `is no text of ours${nearest ? `; did you mean ${nearest}?` : ''}`, null);
    }
    const read = Object.entries(pattern).map(
      ([name, inner]) => [name, this.read(inner, entries.get(name), [...path, name])] as const,
    );
    return Array.isArray(pattern) ? read.map(([, text]) => text) : Object.fromEntries(read);
  }

  #text(pattern: string, given: unknown, path: readonly string[]): string {
    if (path.join('.') === 'dir')
      return given === 'ltr' || given === 'rtl' ? given : this.#tell(path, 'must be "ltr" or "rtl"', pattern);
    if (pattern === '' && given === '') return '';
    const hasLines = pattern.includes('\n');
    const text = textOf(given, hasLines);
    if (text === null) return this.#tell(path, notAText(hasLines), pattern);
    const [unknown] = placeholdersOf(text);
    if (unknown !== undefined) return this.#tell(path, `has no placeholder {${unknown}}`, pattern);
    return text;
  }

  #phrase(pattern: Phrase<string>, given: unknown, path: readonly string[]): Phrase<string> {
    const text = textOf(given, false);
    if (text === null) return this.#tell(path, notAText(false), pattern);
    const [needed, has] = [placeholdersOf(pattern.template), placeholdersOf(text)];
    const unknown = [...has].find((name) => !needed.has(name));
    const missing = [...needed].find((name) => !has.has(name));
    if (unknown !== undefined) return this.#tell(path, `has no placeholder {${unknown}}`, pattern);
    if (missing !== undefined) return this.#tell(path, `lacks {${missing}}`, pattern);
    return phrase(text);
  }

  #tellMissing(pattern: unknown, path: readonly string[]): void {
    if (typeof pattern === 'object' && pattern !== null) {
      for (const [name, inner] of Object.entries(pattern)) this.read(inner, undefined, [...path, name]);
      // What we leave empty may stay so.
    } else if (pattern !== '') this.#tell(path, 'is missing; a language of yours needs every text', null);
  }

  #tell<Kept>(path: readonly string[], sentence: string, kept: Kept): Kept {
    this.#problems.push(`${[this.#lang, ...path].join('.')} ${sentence}`);
    return kept;
  }
}

const notAText = (hasLines: boolean) =>
  `must be a text of 1 to ${longestText} characters${hasLines ? '' : ' on one line'}`;

/** Plain text, on one line unless ours has several; null for anything else. */
function textOf(given: unknown, hasLines: boolean): string | null {
  if (typeof given !== 'string' || given.trim() === '' || given.length > longestText) return null;
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(hasLines ? given.replaceAll('\n', ' ') : given) ? null : given;
}

function isPhrase(pattern: unknown): pattern is Phrase<string> {
  return typeof pattern === 'function';
}
