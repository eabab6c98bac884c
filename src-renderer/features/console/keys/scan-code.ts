/** The bytes a keyboard would send, the first lowest; a release has the top bit of the last set. */
export function wireScanCode(set1: number, down: boolean): number {
  const last = (set1 & 0xff) | (down ? 0 : 0x80);
  return set1 > 0xff ? 0xe0 | (last << 8) : last;
}
