import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What a page asks of a browser. */
export interface Asked {
  readonly challenge: string;
  readonly user?: { readonly id: string };
}

/** How an answer differs from an honest one. */
interface Differences {
  readonly origin?: string;
  readonly rpId?: string;
  readonly counter?: number;
  /** Null where it does not say whose it is. */
  readonly userHandle?: string | null;
  /** Without a fingerprint or PIN. */
  readonly unverified?: boolean;
  /** So many bytes more in the public key than it needs: none, or 256 to 65,535. */
  readonly keyPadding?: number;
  /** The format of a statement, without content, of who made the authenticator; none is made where it is absent. */
  readonly statement?: string;
}

const flags = { present: 1, verified: 4, attested: 64 };

/** An authenticator in software, for what no honest one does. (WebAuthn Level 3 §6) */
export class SoftwarePasskey {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(16);
  readonly #origin: string;
  #counter = 0;
  #userHandle = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  get id(): string {
    return this.#id.toString('base64url');
  }

  /** What a browser answers that makes this passkey. */
  register(asked: Asked, differences: Differences = {}): string {
    this.#userHandle = asked.user?.id ?? '';
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const padding = Buffer.alloc(differences.keyPadding ?? 0);
    const padded = Buffer.concat([
      Buffer.from([0x38, 99, 0x59, padding.length >> 8, padding.length & 255]),
      padding,
    ]);
    const isPadded = padding.length > 0;
    const cose = Buffer.concat([
      Buffer.from(`${isPadded ? 'a6' : 'a5'}010203262001215820`, 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
      ...(isPadded ? [padded] : []),
    ]);
    const length = Buffer.from([0, this.#id.length]);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, cose]);
    const data = this.#authenticatorData(differences, flags.attested, credential);
    const { statement = 'none' } = differences;
    const attestation = Buffer.concat([
      Buffer.from('a363666d74', 'hex'),
      Buffer.from([0x60 + statement.length]),
      Buffer.from(statement),
      Buffer.from('6761747453746d74a068617574684461746159', 'hex'),
      Buffer.from([data.length >> 8, data.length & 255]),
      data,
    ]);
    return this.#answer({
      clientDataJSON: this.#clientData('webauthn.create', asked, differences).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** What a browser answers whose person lets this passkey sign. */
  sign(asked: Asked, differences: Differences = {}): string {
    this.#counter = differences.counter ?? this.#counter + 1;
    const { userHandle = this.#userHandle } = differences;
    const data = this.#authenticatorData(differences, 0, Buffer.alloc(0));
    const clientData = this.#clientData('webauthn.get', asked, differences);
    const signed = Buffer.concat([data, createHash('sha256').update(clientData).digest()]);
    return this.#answer({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: createSign('sha256').update(signed).sign(this.#keys.privateKey).toString('base64url'),
      userHandle: userHandle ?? undefined,
    });
  }

  #clientData(type: string, { challenge }: Asked, { origin = this.#origin }: Differences): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #authenticatorData(differences: Differences, more: number, credential: Buffer): Buffer {
    const rpId = differences.rpId ?? new URL(this.#origin).hostname;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#counter);
    const told = flags.present | (differences.unverified ? 0 : flags.verified) | more;
    return Buffer.concat([
      createHash('sha256').update(rpId).digest(),
      Buffer.from([told]),
      counter,
      credential,
    ]);
  }

  #answer(response: object): string {
    const id = this.id;
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response });
  }
}

/** What the form of a page that posts to `action` asks of the browser's passkeys. */
export function askedBy(page: string, action: string): Asked {
  const form =
    page
      .split('<form')
      .find((text) => text.includes(`action="${action}"`) && text.includes('data-options')) ?? '';
  const options = /data-options="([^"]*)"/.exec(form)?.[1] ?? '';
  return JSON.parse(
    options.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
  ) as Asked;
}
