import { html } from 'ghtml';
import { layout } from '../../pages/layout.ts';
import { qrCode } from '../../pages/qr-code.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { largeCode } from '../../pages/shown-code.ts';

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
