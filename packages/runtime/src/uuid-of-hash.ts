/** 122 bits of a hash as a UUID: the same hash gives the same one. (UUID version 8, RFC 9562 §5.8) */
export function uuidOfHash(hash: Buffer): string {
  const hex = hash.toString('hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
