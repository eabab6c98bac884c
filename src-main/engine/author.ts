/** What says, with a change, what it is for. */

/** Which configuration a change or a question is about. `current`: live when running, else config. */
export interface Affects {
  readonly live?: boolean;
  readonly config?: boolean;
}

/** Who made a definition, for the history: `window`, `vivarium`, `virsh` … */
export interface Author {
  readonly author?: string;
}
