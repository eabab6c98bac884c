/** Reads a UUID in any spelling libvirt accepts (dashes optional, any case) into lower case with dashes. */
export function parseUuid(text: string): string | undefined {
  const bare = text.trim().toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(bare)) return undefined;
  return [bare.slice(0, 8), bare.slice(8, 12), bare.slice(12, 16), bare.slice(16, 20), bare.slice(20)].join('-');
}

/** A random (version 4) UUID from 16 random bytes, which the caller brings: this folder has no source of randomness. */
export function uuidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError(`a UUID needs 16 bytes, not ${bytes.length}`);
  const copy = Uint8Array.from(bytes);
  copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x40;
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...copy].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** libvirt's `virUUIDIsValid`: all zeros or all the same byte is what uninitialised memory looks like, not an id. */
export function isPlausibleUuid(uuid: string): boolean {
  const bare = uuid.replaceAll('-', '');
  return bare !== bare.slice(0, 2).repeat(16);
}
