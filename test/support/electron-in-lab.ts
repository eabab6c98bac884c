/**
 * A program that starts the staged Electron on a host of its own in namespaces. Playwright talks to it over TCP on
 * loopback, which is another one there: each port that Electron announces is opened here as well, and leads there.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentStage } from './stage.ts';

/** @param enter the beginning of a command line that leads to the host's namespaces */
export function electronInLab(folder: string, enter: readonly string[]): string {
  const program = join(folder, 'electron-in-lab');
  const given = JSON.stringify({ enter, electron: currentStage().electron });
  writeFileSync(program, `#!${process.execPath}\nconst { enter, electron } = ${given};\n${relay}`, { mode: 0o755 });
  return program;
}

/** Plain Node, run as a program of its own. */
const relay = String.raw`
const { spawn } = require('node:child_process');
const { createServer } = require('node:net');
const { createInterface } = require('node:readline');

const inside = (argv, stdio) => spawn(enter[0], [...enter.slice(1), ...argv], { stdio });
const child = inside([electron, ...process.argv.slice(2)], ['inherit', 'inherit', 'pipe']);
createInterface({ input: child.stderr }).on('line', (line) => {
  const port = /listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
  const say = () => process.stderr.write(line + '\n');
  if (port === undefined) return say();
  const server = createServer((socket) => {
    const there = inside(['busybox', 'nc', '127.0.0.1', port], ['pipe', 'pipe', 'ignore']);
    socket.pipe(there.stdin).on('error', () => undefined);
    there.stdout.pipe(socket).on('error', () => undefined);
    socket.on('error', () => there.kill());
    socket.on('close', () => there.kill());
  });
  server.unref();
  server.listen(Number(port), '127.0.0.1', say);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
`;
