/** The refusals every driver shares, with libvirt's codes; those that clients look into also have its words. */
import { type ErrorCode, type ErrorDomain, VirError } from '../../src-shared/errors.ts';
import { formatIssue, XmlError } from '../../src-shared/xml/issue.ts';
import { say, type Sentence } from '../../src-shared/words.ts';

/** `VIR_FROM_…` of the driver that reports. */
export class DomainErrors {
  readonly #from: ErrorDomain;

  constructor(from: ErrorDomain) {
    this.#from = from;
  }

  error(code: ErrorCode, message: Sentence, cause?: Sentence, fix?: Sentence): VirError {
    return new VirError({
      code,
      domain: this.#from,
      message,
      ...(cause === undefined ? {} : { cause }),
      ...(fix === undefined ? {} : { fix }),
    });
  }

  /** `name` where the domain was known a moment ago. */
  noDomainWithUuid(uuid: string, name?: string): VirError {
    const known = name === undefined ? '' : ` (${name})`;
    return this.error('no-domain', say`no domain with matching uuid '${uuid}'${known}`);
  }

  noDomainWithName(name: string): VirError {
    return this.error('no-domain', say`no domain with matching name '${name}'`);
  }

  noDomainWithId(id: number): VirError {
    return this.error('no-domain', say`no domain with matching id ${id}`);
  }

  /** libvirt says no more than that the domain is not running; which one helps. */
  notRunning(name: string): VirError {
    return this.error('operation-invalid', say`domain '${name}' is not running`, undefined, say`Start it first.`);
  }

  alreadyRunning(name: string): VirError {
    return this.error('operation-invalid', say`domain '${name}' is already running`);
  }

  transientHasNoConfig(name: string): VirError {
    return this.error(
      'operation-invalid',
      say`transient domain '${name}' does not have any persistent config`,
      undefined,
      say`Define it to keep it, or change only the running machine.`,
    );
  }
}

/** A document that can't be used: malformed text is `xml-detail`, wrong content `xml-error`, as libvirt has it. */
export function fromXmlError(thrown: unknown): unknown {
  if (!(thrown instanceof XmlError)) return thrown;
  const malformed = thrown.issues[0]?.path === '';
  return new VirError(
    {
      code: malformed ? 'xml-detail' : 'xml-error',
      domain: malformed ? 'xml' : 'domain',
      message: thrown.message,
      ...(thrown.issues.length > 1 ? { details: thrown.issues.map(formatIssue).join('\n') } : {}),
    },
    { cause: thrown },
  );
}
