// An initramfs: a cpio archive in the "newc" layout the kernel reads (Documentation/driver-api/early-userspace).
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const pad = (length) => Buffer.alloc((4 - (length % 4)) % 4);
const hex = (value) => value.toString(16).padStart(8, '0');

function member(inode, name, mode, content) {
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = Buffer.from(`070701${fields.map(hex).join('')}${name}\0`);
  return Buffer.concat([head, pad(head.length), content, pad(content.length)]);
}

/** The archive of everything below `folder`, owned by root and without times, so that it is always the same. */
export function cpio(folder) {
  const parts = [];
  const add = (path) => {
    const full = join(folder, path);
    const stat = lstatSync(full);
    if (stat.isDirectory()) {
      if (path !== '') parts.push(member(parts.length + 1, path, 0o40755, Buffer.alloc(0)));
      for (const name of readdirSync(full).sort()) add(path === '' ? name : `${path}/${name}`);
    } else if (stat.isSymbolicLink()) {
      parts.push(member(parts.length + 1, path, 0o120777, Buffer.from(readlinkSync(full))));
    } else {
      parts.push(member(parts.length + 1, path, 0o100000 | (stat.mode & 0o111 ? 0o755 : 0o644), readFileSync(full)));
    }
  };
  add('');
  parts.push(member(0, 'TRAILER!!!', 0, Buffer.alloc(0)));
  return Buffer.concat(parts);
}
