import { slotTag } from './keyspace.ts';

/** The Cluster slot of a key: CRC-16 (XMODEM) of its tag. (Redis Cluster specification, key distribution model) */
export function clusterSlot(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(slotTag(key))) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0x3fff;
}
