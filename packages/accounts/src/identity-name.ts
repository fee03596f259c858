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

/** Draws a human name and a matching local part; five random digits keep two of the same name apart. */
export function generateIdentityName(): GeneratedName {
  const first = firstNames[randomInt(firstNames.length)] ?? '';
  const last = lastNames[randomInt(lastNames.length)] ?? '';
  const digits = String(randomInt(100_000)).padStart(5, '0');
  return { name: `${first} ${last}`, localPart: `${first}.${last}.${digits}`.toLowerCase() };
}
