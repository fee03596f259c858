import { html } from 'ghtml';
import type { Brand } from './brand.ts';
import type { BrandImage } from './brand-image.ts';
import { paths } from '../paths.ts';

/** The height of the mark in the head of a page. */
const height = 28;

/** The operator's mark, for light and dark systems; empty if there is none. The name beside it says the same in words. */
export function logo({ logo: image, logoDark }: Brand): string {
  if (image === null) return '';
  const source = logoDark
    ? html`<source media="(prefers-color-scheme: dark)" srcset="${imagePath(logoDark)}" />`
    : '';
  const width = Math.min(160, Math.round(height * (image.aspectRatio ?? 1)));
  return html`<picture
    >!${source}<img class="logo" src="${imagePath(image)}" width="${width}" height="${height}" alt=""
  /></picture>`;
}

/** Where an image of the operator is served. */
export function imagePath({ fileName }: BrandImage): string {
  return `${paths.brand}/${fileName}`;
}
