import { servedAlone } from '../../../../../test/support/served-alone.ts';
import { lookOf } from '../look.ts';
import type { BrandImage } from './brand-image.ts';
import { serveBrandImage } from './serve-image.ts';

const image = (fileName: string): BrandImage => ({
  fileName,
  contentType: 'image/png',
  bytes: Buffer.from(fileName),
  aspectRatio: 1,
});

test('an image of the operator or a provider is kept for a year, and runs and loads nothing', async () => {
  const own = { logo: image('logo.png'), logoDark: image('dark.png'), favicon: image('icon.png') };
  const look = lookOf({ brand: { ...lookOf().brand, ...own }, images: [image('provider.png')] });
  const open = (file: string) => servedAlone(serveBrandImage(look), { params: { file } });
  for (const file of ['logo.png', 'dark.png', 'icon.png', 'provider.png']) {
    const { status, body, header } = await open(file);
    expect([status, String(body), header('Content-Type')]).toEqual([200, file, 'image/png']);
    expect(header('Cache-Control')).toBe('public, max-age=31536000, immutable');
    expect(header('Content-Security-Policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    expect(header('Cross-Origin-Resource-Policy')).toBe('same-origin');
  }
  for (const file of ['', '../logo.png', 'constructor'])
    await expect(open(file)).rejects.toMatchObject({ status: 404 });
});
