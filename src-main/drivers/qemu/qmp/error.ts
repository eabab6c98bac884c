import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';

/** QEMU refused a command. `qmpClass` is QEMU's own word: `GenericError`, `CommandNotFound`, `DeviceNotFound` … */
export class QmpError extends VirError {
  readonly command: string;
  readonly qmpClass: string;
  readonly description: string;

  constructor(command: string, qmpClass: string, description: string) {
    super({
      code: 'internal-error',
      domain: 'qemu',
      message: say`unable to execute QEMU command '${command}': ${description}`,
      details: `${qmpClass}: ${description}`,
    });
    this.command = command;
    this.qmpClass = qmpClass;
    this.description = description;
  }
}

/** The monitor is gone: QEMU ended, or closed the connection. */
export class MonitorClosedError extends VirError {
  constructor(cause?: Sentence) {
    super({
      code: 'operation-failed',
      domain: 'qemu',
      message: say`The connection to the QEMU monitor has ended.`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
