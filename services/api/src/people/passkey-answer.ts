import { z } from 'zod';

/** Longest answer of a browser: a key and its attestation take a few kilobytes. */
const maxAnswerLength = 12_000;

/** A credential's id has at most 1023 bytes. (WebAuthn §5.1) */
const credentialId = z.string().min(1).max(1364);
const base64url = z.string().max(maxAnswerLength);

const common = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).catch({}),
};

/** What a browser answers when it made a passkey. */
const registration = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z
      .array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']))
      .max(8)
      .catch([]),
  }),
});

/** What a browser answers when a passkey signed a challenge. */
const assertion = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: z.string().max(128).exactOptional(),
  }),
});

export type PasskeyRegistration = z.infer<typeof registration>;
export type PasskeyAssertion = z.infer<typeof assertion>;

/** Reads the answer in a form; null for anything else. */
export function readRegistration(text: string): PasskeyRegistration | null {
  return registration.safeParse(parseJson(text)).data ?? null;
}

/**
 * The answer without its statement of who made the authenticator. Nobody asked for one, and the library would call the addresses in its
 * certificates, which anybody can make. Rejects where the answer cannot be read. (WebAuthn §8.7)
 */
export async function withoutStatement(answer: PasskeyRegistration): Promise<PasskeyRegistration> {
  const { decodeAttestationObject, isoCBOR } = await import('@simplewebauthn/server/helpers');
  const { attestationObject } = answer.response;
  const authData = decodeAttestationObject(Buffer.from(attestationObject, 'base64url')).get('authData');
  const bare = isoCBOR.encode(
    new Map<string | number, string | Uint8Array | Map<string | number, never>>([
      ['fmt', 'none'],
      ['attStmt', new Map<string, never>()],
      ['authData', authData],
    ]),
  );
  return {
    ...answer,
    response: { ...answer.response, attestationObject: Buffer.from(bare).toString('base64url') },
  };
}

/** Reads the answer in a form; null for anything else. */
export function readAssertion(text: string): PasskeyAssertion | null {
  return assertion.safeParse(parseJson(text)).data ?? null;
}

function parseJson(text: string): unknown {
  if (text.length > maxAnswerLength) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
