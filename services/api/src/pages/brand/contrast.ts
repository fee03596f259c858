/** A colour as `#rrggbb`. */
export type HexColor = `#${string}`;

/** The contrast of two colours, from 1 to 21. (WCAG 2.2, contrast ratio) */
export function contrast(one: HexColor, other: HexColor): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Black or white, whichever reads better on the colour; at least 4.5 on any. */
export function inkOn(color: HexColor): HexColor {
  return contrast(color, '#000000') > contrast(color, '#ffffff') ? '#000000' : '#ffffff';
}

/** The relative luminance. (WCAG 2.2) */
function luminance(color: HexColor): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
