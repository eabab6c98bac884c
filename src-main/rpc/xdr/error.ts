/** Bytes that are not what their description says, or a value that its description cannot carry. */
export class XdrError extends Error {
  override readonly name = 'XdrError';
  /** Where: `args.params[3].value`. */
  readonly path: string;
  readonly reason: string;

  constructor(reason: string, path = '') {
    super(path === '' ? reason : `${path}: ${reason}`);
    this.reason = reason;
    this.path = path;
  }

  /** The same error seen from the field or element that holds what failed. */
  within(step: string): XdrError {
    const separator = this.path === '' || this.path.startsWith('[') ? '' : '.';
    return new XdrError(this.reason, `${step}${separator}${this.path}`);
  }
}

/** Adds a step to the path of an XDR error; anything else passes through. */
export function within(error: unknown, step: string): unknown {
  return error instanceof XdrError ? error.within(step) : error;
}
