import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Xvfb {
  /** What `DISPLAY` is to be, such as `:7`. */
  readonly display: string;
  stop(): Promise<void>;
}

/** Starts an X server of its own that shows nothing anywhere. It chooses a free display number itself. */
export async function startXvfb(size = { width: 1920, height: 1080 }, more: readonly string[] = []): Promise<Xvfb> {
  const screen = `${size.width}x${size.height}x24`;
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset', ...more], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  // A test run that ends in the middle leaves no server behind.
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const number = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Xvfb did not start in 10 s: ${said}`)), 10_000);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    child.stdio[3]?.once('data', (data: Buffer) => settle(() => resolve(data.toString().trim())));
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', () => settle(() => reject(new Error(`Xvfb ended at once: ${said}`))));
  });
  return {
    display: `:${number}`,
    stop: async () => {
      process.off('exit', killAtExit);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(killAtExit, 5_000);
      await exited;
      clearTimeout(timer);
    },
  };
}
