/** How programs that ask questions (ssh above all) are made to ask them through the engine. */
import { join } from 'node:path';
import { writeWhole } from '../host/files.ts';

export interface AskpassParts {
  /** Where the file that those programs run is put. */
  readonly runtime: string;
  /** The engine's socket, on which the questions arrive. */
  readonly socketPath: string;
  /** Node, or Electron. */
  readonly program: string;
  /** The bundled command line. */
  readonly cliPath: string;
}

/** The environment for such a program: it runs one file with its question as the only argument, and reads the answer. */
export async function askpassEnvironment(parts: AskpassParts): Promise<Readonly<Record<string, string>>> {
  const { runtime, socketPath, program, cliPath } = parts;
  const path = join(runtime, 'askpass');
  await writeWhole(path, `#!/bin/sh\nexec ${word(program)} ${word(cliPath)} askpass "$1"\n`, { mode: 0o700 });
  return {
    SSH_ASKPASS: path,
    SSH_ASKPASS_REQUIRE: 'force',
    // Before OpenSSH 8.4 only a display made ssh use it.
    DISPLAY: process.env['DISPLAY'] ?? ':0',
    ELECTRON_RUN_AS_NODE: '1',
    VIVARIUM_ASKPASS_SOCKET: socketPath,
  };
}

/** One word for a POSIX shell. */
const word = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
