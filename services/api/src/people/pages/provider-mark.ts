import { html } from 'ghtml';
import { imagePath } from '../../pages/brand/logo-markup.ts';
import type { ProviderChoice } from '../provider-sign-in.ts';

/** The height of a mark in a button. */
const height = 20;

/** The mark of a provider, on white as most are made for; empty if there is none. The words beside it name the provider. */
export function providerMark({ mark }: ProviderChoice): string {
  if (mark === null) return '';
  const width = Math.min(3 * height, Math.round(height * (mark.aspectRatio ?? 1)));
  return html`<img class="mark" src="${imagePath(mark)}" width="${width}" height="${height}" alt="" />`;
}
