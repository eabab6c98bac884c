import type { BackingStore, Disk } from '../../../../../src-shared/model/domain/index.ts';
import type { AnySource } from '../../../../../src-shared/model/domain/storage-source.ts';

/** Where servers listen unless the definition says otherwise; the other protocols have no port of their own. */
const defaultPorts: Partial<Record<string, number>> = {
  http: 80,
  https: 443,
  ftp: 21,
  ftps: 990,
  tftp: 69,
  sheepdog: 7000,
  nbd: 10_809,
  ssh: 22,
  iscsi: 3260,
  gluster: 24_007,
  vxhs: 9999,
};

/** Ports and the program that decrypts, for the images of a disk. */
export function completeSources(disk: Disk): void {
  if (disk.source === undefined) {
    // A drive without a medium has no kind of source either.
    if (disk.device === 'cdrom' || disk.device === 'floppy') disk.type = 'file';
  } else completeSource(disk.source as AnySource);
  if (disk.encryption !== undefined) disk.encryption.engine ??= 'qemu';
  for (let store: BackingStore | undefined = disk.backingStore; store !== undefined; store = store.backingStore) {
    if (store.source !== undefined) completeSource(store.source);
  }
}

function completeSource(source: AnySource): void {
  if (source.encryption !== undefined) source.encryption.engine ??= 'qemu';
  const port = defaultPorts[source.protocol ?? ''];
  if (port === undefined) return;
  for (const host of source.host) if ((host.transport ?? 'tcp') === 'tcp') host.port ??= port;
}
