import { de } from './de.ts';
import { en } from './en.ts';

/** The languages that we ship, English first. */
export const shippedLanguages = [en, de] as const;
