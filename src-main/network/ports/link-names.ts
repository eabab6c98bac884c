/** Names for the host's ends of cables, `vnet0`, `macvtap0`: as upstream, ever higher, past those that are there. */
export class LinkNames {
  readonly #next = { vnet: 0, macvtap: 0 };

  /** @param isTaken whether a device, or a port, has the name */
  choose(prefix: 'vnet' | 'macvtap', isTaken: (name: string) => boolean): string {
    for (;;) {
      const name = `${prefix}${this.#next[prefix]}`;
      this.#next[prefix] += 1;
      if (!isTaken(name)) return name;
    }
  }
}
