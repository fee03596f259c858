import { html } from 'ghtml';
import { encode } from 'uqr';
import { layout } from '../../pages/layout.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { largeCode } from '../../pages/user-code.ts';

/** Blank modules around the code, which scanners require. (ISO/IEC 18004) */
const quietZone = 4;

/** A code, and its complete link. */
export interface QrInput {
  readonly userCode: string;
  readonly link: string;
  /** The page that asks for the code, for people without a camera. */
  readonly verificationUri: string;
}

/** The complete link as a QR code, for the screen beside the terminal; it contains nothing but the link. */
export function qrPage({ userCode, link, verificationUri }: QrInput, texts: Texts): string {
  const t = texts.qr;
  const body = html`
    <div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${qrCode(link, t.picture)}
    <div class="tight">
      <p class="quiet">${t.orOpen} <span class="mono">${verificationUri}</span></p>
      !${largeCode(userCode)}
    </div>
  `;
  return layout({ title: t.title, body }, texts);
}

/** Always dark on light, in dark mode too: not every scanner reads the inverse. */
function qrCode(text: string, label: string): string {
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
