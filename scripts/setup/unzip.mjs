// Reads a zip archive's directory and writes the members wanted: enough for one known, verified archive.
import { closeSync, mkdirSync, openSync, readSync, symlinkSync, fstatSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const endSignature = 0x06054b50;
const isLink = (mode) => (mode & 0o170000) === 0o120000;

/**
 * Unpacks into `target` what `rename` keeps: it answers a member's new relative path, or undefined to leave it out.
 * Layout: APPNOTE 6.3 §4.3.6; no zip64, no encryption.
 */
export function unzip(archive, target, rename) {
  const fd = openSync(archive);
  const read = (position, length) => {
    const bytes = Buffer.alloc(length);
    readSync(fd, bytes, 0, length, position);
    return bytes;
  };
  try {
    const { size } = fstatSync(fd);
    const tail = read(Math.max(0, size - 65557), Math.min(size, 65557));
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end -= 1;
    if (end < 0) throw new Error(`${archive} is not a zip archive`);
    const directory = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    for (let at = 0; at < directory.length; ) {
      const method = directory.readUInt16LE(at + 10);
      const packed = directory.readUInt32LE(at + 20);
      const nameLength = directory.readUInt16LE(at + 28);
      const mode = directory.readUInt32LE(at + 38) >>> 16;
      const header = directory.readUInt32LE(at + 42);
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
      const wanted = name.endsWith('/') ? undefined : rename(name);
      if (wanted === undefined) continue;
      if (wanted.split('/').includes('..')) throw new Error(`${archive} has a member outside its folder: ${name}`);
      const local = read(header, 30);
      const raw = read(header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), packed);
      const content = method === 0 ? raw : inflateRawSync(raw);
      const path = join(target, wanted);
      mkdirSync(dirname(path), { recursive: true });
      if (isLink(mode)) symlinkSync(content.toString('utf8'), path);
      else writeFileSync(path, content, { mode: mode & 0o111 ? 0o755 : 0o644 });
    }
  } finally {
    closeSync(fd);
  }
}
