import { randomInt } from 'node:crypto';

const firstNames =
  'Ada Alma Amir Anouk Arlo Astrid Aylin Bela Bruno Carla Cleo Dario Edda Elias Emil Enzo Esme Ezra Fay Finn Freya Greta Hana Hugo Ida Imani Ines Iris Ivo Jana Joel Juno Kai Kira Lars Leila Leo Lina Luca Mara Milo Mina Nadia Nils Noor Nuria Olga Oren Otis Paula Rafi Rhea Rosa Ruben Sana Selma Silas Tara Theo Uma Vera Wanda Yara Zeno'.split(
    ' ',
  );
const lastNames =
  'Abel Adler Amaro Baum Berg Blau Brandt Castro Conti Dahl Dean Duarte Ember Falk Farrow Ferro Frost Gray Haas Hale Hart Holm Hurst Iyer Jansen Kane Keller Kern Lange Linde Lund Maas Marsh Mehta Moreau Nash Nolan North Okafor Orton Park Perez Quinn Rao Reyes Rivera Roth Sato Shaw Silva Sommer Stein Stone Tanaka Thorn Vale Vega Voss Ward Weiss West Winter Wolf Zimmer'.split(
    ' ',
  );

/** A name for a new identity and the local part of an address that goes with it. */
export interface GeneratedName {
  readonly name: string;
  readonly localPart: string;
}

/** Latin letters that Unicode does not take apart into a plain one and a mark. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Longest local part before its digits are added: with them it stays below the 64 of RFC 5321 §4.5.3.1. */
const maxWordsLength = 48;

/** A human name that is drawn, and a local part that goes with it. */
export function generateIdentityName(): GeneratedName {
  const first = firstNames[randomInt(firstNames.length)] ?? '';
  const last = lastNames[randomInt(lastNames.length)] ?? '';
  const name = `${first} ${last}`;
  return { name, localPart: numbered(wordsOf(name)) };
}

/** A local part that goes with a given name; drawn where the name has no Latin letter. */
export function localPartFor(name: string): string {
  const words = wordsOf(name);
  return /[a-z]/.test(words) ? numbered(words) : generateIdentityName().localPart;
}

/** The plain letters and digits of a name, with dots between its words. */
function wordsOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => plainLetters[letter] ?? '')
    .replaceAll(/[\p{M}'’]/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '.')
    .slice(0, maxWordsLength)
    .replaceAll(/^\.+|\.+$/g, '');
}

/** Five random digits keep two of the same name apart. */
function numbered(words: string): string {
  return `${words}.${String(randomInt(100_000)).padStart(5, '0')}`;
}
