import type { BackingStore, Disk, DiskDriver, DiskTarget } from '../../../../src-shared/model/domain/index.ts';

/** Every image has two nodes in QEMU: its bytes, and this one, what its format makes of them. */
const formatNode = (index: number): string => `libvirt-${index}-format`;

export const copyOnReadNode = (target: DiskTarget): string => `libvirt-CoR-${target.dev}`;

/** No medium in the drive. */
export function isEmptyDisk(disk: Disk): boolean {
  const { source } = disk;
  if (source === undefined) return true;
  switch (disk.type) {
    case 'file':
      return (disk.source?.file ?? '') === '';
    case 'block':
      return (disk.source?.dev ?? '') === '';
    case 'dir':
      return (disk.source?.dir ?? '') === '';
    default:
      return false;
  }
}

/** An image below another; the empty `<backingStore/>` only says that nothing is below. */
export const isImage = (store: BackingStore | undefined): store is BackingStore => store?.source !== undefined;

/** Numbers images of a running machine; an image that has one keeps it. */
export class NodeNumbers {
  #last: number;

  constructor(last = 0) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

/** Gives the images of a disk, from the top down, the numbers their nodes are named by. */
export function numberDisk(disk: Disk, numbers: NodeNumbers): void {
  const number = disk.source?.index ?? numbers.next();
  // An empty drive takes a number too, which its medium then has not.
  if (disk.source !== undefined && !isEmptyDisk(disk) && disk.type !== 'vhostuser') disk.source.index = number;
  for (let store = disk.backingStore; isImage(store); store = store.backingStore) store.index ??= numbers.next();
}

/** Numbers belong to one run: a definition has none. */
export function forgetNumbers(disk: Disk): void {
  delete disk.source?.index;
  for (let store = disk.backingStore; store !== undefined; store = store.backingStore) {
    delete store.index;
    delete store.source?.index;
  }
}

/** What others write too must not be answered from this host's memory. */
export function cacheOf({ driver, shareable, readonly }: Disk): DiskDriver['cache'] {
  const isDefault = driver?.cache === undefined || driver.cache === 'default';
  if (!isDefault) return driver.cache;
  return shareable === true && readonly !== true ? 'none' : undefined;
}

/** The node that a disk's device reads from and writes to. */
export function backendNode(disk: Disk): string | undefined {
  if (isEmptyDisk(disk) || disk.source?.index === undefined) return undefined;
  return disk.driver?.copy_on_read === true ? copyOnReadNode(disk.target) : formatNode(disk.source.index);
}
