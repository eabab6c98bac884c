/** A device of the host under libvirt's name of it, as lists have it. */
export interface NodeDeviceSummary {
  readonly name: string;
  readonly parent?: string;
  /** What kinds of device it is, the main one first: `pci`, `net`, `storage` … */
  readonly capabilities: readonly string[];
}
