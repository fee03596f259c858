import { html } from 'ghtml';
import { encode } from 'uqr';

/** Blank modules around the code, which scanners require. (ISO/IEC 18004) */
const quietZone = 4;

/** A QR code of a text. Always dark on light, in dark mode too: not every scanner reads the inverse. */
export function qrCode(text: string, label: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone });
  const runs = data.flatMap((row, y) =>
    row.map((dark, x) =>
      dark && !row[x - 1] ? `M${x} ${y}h${runLength(row, x)}v1h-${runLength(row, x)}z` : '',
    ),
  );
  return html`<svg
    class="qr"
    viewBox="0 0 ${size} ${size}"
    role="img"
    aria-label="${label}"
    shape-rendering="crispEdges"
  >
    <path fill="#fff" d="M0 0h${size}v${size}H0z" />
    <path fill="#000" d="!${runs.join('')}" />
  </svg>`;
}

/** Dark modules from `from` on, in one row. */
function runLength(row: readonly boolean[], from: number): number {
  const end = row.indexOf(false, from);
  return (end === -1 ? row.length : end) - from;
}
