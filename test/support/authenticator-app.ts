import { createHmac } from 'node:crypto';

const stepMs = 30_000;

/** The code of an authenticator app, `steps` of 30 s from now: written anew, so that it agrees with the product by the RFC alone. (RFC 6238) */
export function totpCode(secret: string, steps = 0, nowMs = Date.now()): string {
  const bits = Array.from(secret, (sign) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / stepMs) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** An app as its person uses it, who waits for no code: each is right for half a minute or more from when it is read. */
export class AuthenticatorApp {
  readonly secret: string;
  #step = 0;

  constructor(secret: string) {
    this.secret = secret;
  }

  /** A code that was not read before: that of now, or already that of the next step. There is none for whoever reads three at once. */
  read(): string {
    const step = Math.floor(Date.now() / stepMs);
    this.#step = Math.max(step, this.#step + 1);
    if (this.#step > step + 1) throw new Error('The app has no further code yet.');
    return this.lastRead;
  }

  /** A code that the app shows neither now nor within some minutes. */
  wrong(): string {
    const shown = new Set(Array.from({ length: 20 }, (_, at) => totpCode(this.secret, at - 5)));
    return ['000000', '111111'].find((code) => !shown.has(code)) ?? '222222';
  }

  /** The code that was read last. */
  get lastRead(): string {
    return totpCode(this.secret, 0, this.#step * stepMs);
  }
}
