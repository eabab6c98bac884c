/** `daemon`: the engine without a window. */
import { setFlagsFromString } from 'node:v8';
import { type PlainCommand, valueOf } from './command.ts';
import { usageError } from './parse.ts';

export const daemonCommand: PlainCommand = {
  name: 'daemon',
  group: 'Tools',
  summary: 'run the engine without a window, in the foreground',
  description: 'SIGTERM or Ctrl+C ends it; machines go on running, and the next engine takes them over.',
  options: [{ name: 'timeout', value: 'SECONDS', help: 'end after so long without clients and running machines' }],
  needs: 'nothing',
  async run(output, invocation) {
    const text = valueOf(invocation, 'timeout');
    const timeoutS = text === undefined ? undefined : Number(text);
    if (timeoutS !== undefined && !(timeoutS > 0)) throw usageError(`'${text ?? ''}' is not a number of seconds`);
    // What is new is collected where it is: room for it that grew with a burst of calls would stay, 30 MB of it.
    setFlagsFromString('--semi-space-growth-factor=1');
    // Most commands never need the engine's code; only this one loads it.
    const { hostEngine } = await import('../compose.ts');
    const [, cliPath] = process.argv;
    const hosted = await hostEngine(cliPath === undefined ? {} : { cliPath });
    output.print(
      output.json
        ? `${JSON.stringify({ socket: hosted.socketPath, pid: process.pid })}\n`
        : `The engine listens on ${hosted.socketPath}\n`,
    );
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
      if (timeoutS !== undefined) hosted.onIdle(timeoutS * 1000, resolve);
    });
    await hosted.close();
    return 0;
  },
};
