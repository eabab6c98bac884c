/** One thing wrong with a document, at its place. */
export interface XmlIssue {
  /** Where, as an XPath: `/domain/devices/disk[2]/@type`. Empty when the document could not be read at all. */
  readonly path: string;
  /** 1-based; 0 when the value did not come from a document. */
  readonly line: number;
  readonly column: number;
  /** A whole sentence without the place. */
  readonly message: string;
}

/** `line 3, /domain/@type: …` */
export function formatIssue(issue: XmlIssue): string {
  const place = [issue.line > 0 ? `line ${issue.line}` : '', issue.path].filter((part) => part !== '').join(', ');
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}

/** A document that can't be used: all its issues, the first as the message. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly issues: readonly XmlIssue[];

  constructor(issues: readonly XmlIssue[]) {
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    super(issues[0] === undefined ? 'invalid XML' : formatIssue(issues[0]) + more);
    this.issues = issues;
  }
}
