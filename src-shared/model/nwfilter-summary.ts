/** Network filters as lists show them. */
export interface NwfilterSummary {
  readonly uuid: string;
  readonly name: string;
}

export interface NwfilterBindingSummary {
  /** The interface whose packets pass the filter. */
  readonly portDev: string;
  readonly filterName: string;
}

/** A machine whose definition names a filter. */
export interface NwfilterUser {
  /** The machine. */
  readonly uuid: string;
  readonly mac: string;
  readonly filter: string;
}
