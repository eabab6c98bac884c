import { writeFileSync } from 'node:fs';

/** What `screen-guest.S` beside this file assembles to, without the zeros up to its boot signature. */
const program = Buffer.from(
  '+jHAjtiOwI7QvAB8uAFPuUQBvwCAzRC4Ak+7REHNEA8BFuR8DyDADAEPIsDqMXwIAGa4EACO2I7AjtC8AHwAALtAMCAAiz0ogAAAuQAADACJ' +
    '2PyAPfx9AAACdEvzq+RkqAF1F4A9/H0AAAB08YHDBQMBAIHj////AOvKqCDkYHXdiMLA6AToLgAAAIjQJA/oJQAAAPbCgHXFgcMQMFAAgeP/' +
    '//8A655pwA1mGQAFX/NuPKvi8onD66UEMDw5dgIEJ1JmuvgD7lrDjXYAAAAAAAAAAAD//wAAAJrPAP//AAAAks8AFwDMfA==',
  'base64',
);

const paintAt = 508;
const signatureAt = 510;
const diskBytes = 1024 * 1024;

export interface ScreenGuestOptions {
  /** Repaints the screen without pause instead of at each key: in one colour, or each pixel in another. */
  readonly paint?: 'colours' | 'noise';
}

/**
 * Writes the disk of a guest that boots at once: 1024×768 in one colour, another for each key pressed; the scan codes of
 * its keyboard go to its serial port in hex.
 */
export function writeScreenGuest(path: string, { paint }: ScreenGuestOptions = {}): void {
  const disk = Buffer.alloc(diskBytes);
  program.copy(disk);
  disk[paintAt] = paint === undefined ? 0 : paint === 'colours' ? 1 : 2;
  disk.writeUInt16LE(0xaa55, signatureAt);
  writeFileSync(path, disk);
}

export interface ScreenGuestXml {
  readonly name: string;
  readonly disk: string;
  readonly graphics: 'vnc' | 'spice';
  /** The file that the serial port writes to. */
  readonly serialLog: string;
}

export const screenGuestXml = ({ name, disk, graphics, serialLog }: ScreenGuestXml): string => `
<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='${disk}'/>
      <target dev='hda' bus='ide'/>
    </disk>
    <input type='tablet' bus='usb'/>
    <graphics type='${graphics}'><listen type='socket'/></graphics>
    <video><model type='vga'/></video>
    <serial type='file'><source path='${serialLog}'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>`;
