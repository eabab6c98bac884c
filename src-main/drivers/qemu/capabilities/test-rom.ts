/**
 * A firmware image that does nothing but count, for finding out whether an accelerator runs guest code in earnest.
 *
 * Real virtualisation counts to 16 million in about 5 ms and QEMU's own translator in 50. Where "KVM" only interprets
 * instructions one by one, it takes tens of seconds, and an operating system would never come up. Then the image writes
 * to a debug port, which ends QEMU with a status that nothing else has.
 */

const romBytes = 0x10000;
const codeOffset = 0xf000;
const resetVector = 0xfff0;

/** What `-device isa-debug-exit,iobase=0xf4,iosize=1` makes of the 0x10 written there: `(value << 1) | 1`. */
export const testRomExitCode = 0x21;
export const testRomDevice = 'isa-debug-exit,iobase=0xf4,iosize=1';

// x86, entered in real mode with the image at the top of the first 4 GiB. Old processors can't run real mode natively,
// so it is left at once and the counting is done in 32-bit protected mode.
const code: readonly number[] = [
  0xfa, //                                              cli
  ...[0x2e, 0x66, 0x0f, 0x01, 0x16, 0x38, 0xf0], //     lgdtl  cs:[0xf038]
  ...[0x0f, 0x20, 0xc0], //                             mov    eax, cr0
  ...[0x0c, 0x01], //                                   or     al, 1
  ...[0x0f, 0x22, 0xc0], //                             mov    cr0, eax
  ...[0x66, 0xea, 0x18, 0xf0, 0xff, 0xff, 0x08, 0x00], // ljmp 8:0xfffff018
  ...[0xb9, 0x00, 0x00, 0x00, 0x01], //            018  mov    ecx, 0x1000000
  0x49, //                                         01d  dec    ecx
  ...[0x75, 0xfd], //                                   jnz    01d
  ...[0xb0, 0x10], //                                   mov    al, 0x10
  ...[0xe6, 0xf4], //                                   out    0xf4, al
  0xf4, //                                         024  hlt
  ...[0xeb, 0xfd], //                                   jmp    024
  0x90,
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00], // 028: descriptor table: nothing, and
  ...[0xff, 0xff, 0x00, 0x00, 0x00, 0x9a, 0xcf, 0x00], //      32-bit code over all 4 GiB
  ...[0x0f, 0x00, 0x28, 0xf0, 0xff, 0xff], //         038: its size and address, 0xfffff028
];

/** The image, to be given to `-bios`. */
export function testRom(): Uint8Array {
  const rom = new Uint8Array(romBytes);
  rom.set(code, codeOffset);
  // Where an x86 processor begins: a jump back to the code.
  rom.set([0xe9, 0x0d, 0xf0], resetVector);
  return rom;
}
