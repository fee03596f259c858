import { foldUserCode, formatUserCode } from '@ravi/device-login';
import type { Middleware } from 'koa';
import { Problem } from '../../http/problem.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { qrPage } from './qr-page.ts';

/**
 * `GET /device/qr?user_code=`: the complete link as a QR code, to be scanned from the screen beside the terminal. It looks up no
 * code, so it uses up no guess and reveals no code. 404 if the input cannot be a code. (RFC 8628 §3.3.1)
 */
export function showQr(publicUrl: string): Middleware {
  return (ctx) => {
    const typed = ctx.query['user_code'];
    const folded = typeof typed === 'string' ? foldUserCode(typed) : null;
    if (folded === null) throw new Problem('not_found', 'This is not a user code.');
    const userCode = formatUserCode(folded);
    const verificationUri = `${publicUrl}/device`;
    const link = `${verificationUri}?user_code=${userCode}`;
    showPage(ctx, 200, qrPage({ userCode, link, verificationUri }, pageTexts(ctx)));
  };
}
