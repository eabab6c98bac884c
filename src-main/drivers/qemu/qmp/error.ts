import { VirError } from '../../../../src-shared/errors.ts';

/** QEMU refused a command. `qmpClass` is QEMU's own word: `GenericError`, `CommandNotFound`, `DeviceNotFound` … */
export class QmpError extends VirError {
  readonly command: string;
  readonly qmpClass: string;
  readonly description: string;

  constructor(command: string, qmpClass: string, description: string) {
    super({
      code: 'internal-error',
      domain: 'qemu',
      message: `unable to execute QEMU command '${command}': ${description}`,
      details: `${qmpClass}: ${description}`,
    });
    this.command = command;
    this.qmpClass = qmpClass;
    this.description = description;
  }
}

/** The monitor is gone: QEMU ended, or closed the connection. */
export class MonitorClosedError extends VirError {
  constructor(cause?: string) {
    super({
      code: 'operation-failed',
      domain: 'qemu',
      message: 'The connection to the QEMU monitor has ended.',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
