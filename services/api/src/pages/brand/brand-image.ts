import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** An image of the operator, which we serve ourselves. */
export interface BrandImage {
  /** Its name in our addresses, with a part of its hash: another image has another address. */
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Its width for a height of 1; null where the file does not say. */
  readonly aspectRatio: number | null;
}

/** The largest file: it is a part of every first visit. */
const maxImageBytes = 65_536;

/**
 * Reads an image: PNG, SVG or, where `icon`, ICO, told by its content and not by its name. Throws an error whose sentence follows the
 * setting's name.
 */
export function readBrandImage(path: string, name: string, { icon }: { readonly icon: boolean }): BrandImage {
  const bytes = readBytes(path);
  if (bytes.length > maxImageBytes) {
    throw new Error(`must have at most ${maxImageBytes} bytes; ${path} has ${bytes.length}`);
  }
  const kind = kindOf(bytes);
  if (kind === null || (kind.extension === 'ico' && !icon)) {
    throw new Error(`must be a PNG or SVG${icon ? ' or ICO' : ''} file; ${path} is none`);
  }
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const { extension, contentType, aspectRatio } = kind;
  return { fileName: `${name}-${hash}.${extension}`, contentType, bytes, aspectRatio };
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`must name a file that can be read; ${path} cannot`, { cause });
  }
}

/** The first tag of an SVG, after what may stand before it: declarations, comments and a document type with or without entities. */
const svgStart =
  /^\uFEFF?\s*(?:(?:<\?(?:(?!\?>)[^])*\?>|<!--(?:(?!-->)[^])*-->|<!DOCTYPE\s+svg\b[^>[]*(?:\[[^\]]*\]\s*)?>)\s*)*<svg\b([^>]*)>/u;

function kindOf(bytes: Buffer) {
  if (bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')) && bytes.length > 24) {
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    return { extension: 'png', contentType: 'image/png', aspectRatio: ratio(width, height) };
  }
  if (bytes.subarray(0, 4).equals(Buffer.from([0, 0, 1, 0])))
    return { extension: 'ico', contentType: 'image/x-icon', aspectRatio: null };
  const root = svgStart.exec(bytes.toString('utf8'))?.[1];
  if (root === undefined) return null;
  const box = /\bviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)/u.exec(root);
  return {
    extension: 'svg',
    contentType: 'image/svg+xml',
    aspectRatio: ratio(Number(box?.[1]), Number(box?.[2])),
  };
}

function ratio(width: number, height: number): number | null {
  const found = width / height;
  return Number.isFinite(found) && found > 0 ? found : null;
}
