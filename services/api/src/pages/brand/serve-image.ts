import type { Middleware } from 'koa';
import { Problem } from '../../http/problem.ts';
import type { Look } from '../look.ts';
import type { BrandImage } from './brand-image.ts';

const year = 365 * 86_400;

/**
 * `GET /brand/{file}`: an image of the operator. Its name holds its hash, so that browsers keep it. An SVG that is opened by itself
 * runs nothing and loads nothing.
 */
export function serveBrandImage({
  brand: { logo, logoDark, favicon },
  images: others,
}: Pick<Look, 'brand' | 'images'>): Middleware {
  const images = new Map(
    [logo, logoDark, favicon, ...others]
      .filter((image): image is BrandImage => image !== null)
      .map((image) => [image.fileName, image]),
  );
  return (ctx) => {
    const { file } = ctx['params'] as { readonly file: string };
    const image = images.get(file);
    if (!image) throw new Problem('not_found', 'There is no such image.');
    ctx.type = image.contentType;
    ctx.set({
      'Cache-Control': `public, max-age=${year}, immutable`,
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    ctx.body = image.bytes;
  };
}
