import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { ServiceKeyGenerations, ServiceKeys } from '@ravi/runtime';
import { freshRandomBytes, keyGenerations } from '@ravi/runtime';
import { type LoginId, loginIdBytes } from './login-id.ts';

/*
 * The bytes of a device_code, base64url on the wire:
 *
 *   version 1 | expiry 4 (seconds, big endian) | login id 16 | random 24 | HMAC-SHA-256 16 (truncated)
 *
 * So forged and expired codes are recognised without Redis, and garbage never reaches it.
 */
const version = 1;
const expiryAt = 1;
const loginIdAt = 5;
const randomAt = loginIdAt + loginIdBytes;
const macAt = randomAt + 24;
const totalBytes = macAt + 16;
const shape = /^[\w-]{82}$/;

/** A device_code that this service made, decoded. */
export interface DeviceCode {
  readonly loginId: LoginId;
  readonly expiresAtMs: number;
  /** SHA-256 of the code, base64url: Redis stores only this. */
  readonly hash: string;
  /** The code's bytes: the secret from which the result's key is derived. */
  readonly bytes: Buffer;
}

/** A new device_code, and its text for the client. */
export interface MintedDeviceCode extends DeviceCode {
  readonly text: string;
}

/** Makes the device_code of a new login. `expiresAtMs` is rounded up to the second. */
export function mintDeviceCode(loginId: LoginId, expiresAtMs: number, keys: ServiceKeys): MintedDeviceCode {
  const expiresAtSeconds = Math.ceil(expiresAtMs / 1000);
  const bytes = Buffer.alloc(totalBytes);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt32BE(expiresAtSeconds, expiryAt);
  bytes.write(loginId, loginIdAt, 'base64url');
  freshRandomBytes(macAt - randomAt).copy(bytes, randomAt);
  macOf(bytes, keys['device-code']).copy(bytes, macAt);
  return { ...takeApart(bytes), text: bytes.toString('base64url') };
}

/** Reads a device_code from the wire; null if this service did not make it. Does not check the expiry. */
export function readDeviceCode(text: string, keys: ServiceKeyGenerations): DeviceCode | null {
  if (!shape.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  // Base64 has spare bits at the end: only the canonical spelling of a code is accepted.
  if (bytes.length !== totalBytes || bytes[0] !== version || bytes.toString('base64url') !== text)
    return null;
  const mac = bytes.subarray(macAt);
  const authentic = keyGenerations(keys).some((generation) =>
    timingSafeEqual(mac, macOf(bytes, generation['device-code'])),
  );
  return authentic ? takeApart(bytes) : null;
}

function macOf(bytes: Buffer, key: KeyObject): Buffer {
  return createHmac('sha256', key)
    .update(bytes.subarray(0, macAt))
    .digest()
    .subarray(0, totalBytes - macAt);
}

function takeApart(bytes: Buffer): DeviceCode {
  return {
    loginId: bytes.toString('base64url', loginIdAt, randomAt) as LoginId,
    expiresAtMs: bytes.readUInt32BE(expiryAt) * 1000,
    hash: hash('sha256', bytes, 'base64url'),
    bytes,
  };
}
