import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';

/** The languages that we ship, English first. */
export const shippedLanguages = [en, de, es, fr] as const;
