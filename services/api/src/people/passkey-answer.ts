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
