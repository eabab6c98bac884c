/** The command line a definition stands for, for people: `domxml-to-native qemu-argv`. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { chooseAccelerator } from './lifecycle/accelerator-choice.ts';
import type { GuestContext } from './guests/context.ts';
import type { CompleteDomain } from './passes/index.ts';
import { provisions } from './passes/start/index.ts';
import { type PreparationEnvironment, planRun, type Surroundings } from './process/prepare-run.ts';
import { runPaths } from './process/run-paths.ts';

/** libvirt's number of a domain that does not run. */
const noId = -1;

/** For a command line that nobody runs: libvirt's ports, and whatever else it needs is not our concern. */
const shownOnly: Surroundings = {
  allocatePort: (use) => ({ vnc: 5900, 'vnc-websocket': 5700, spice: 5901, 'spice-tls': 5902 })[use],
  provides: new Set(provisions),
};

/** @throws VirError `invalid-arg` for another format; `config-unsupported` for what can't be started. */
export async function domainToArgv(
  context: GuestContext,
  environment: PreparationEnvironment,
  format: string,
  domain: CompleteDomain,
): Promise<string> {
  if (format !== 'qemu-argv') {
    throw new VirError({
      code: 'invalid-arg',
      domain: 'qemu',
      message: say`unsupported config type ${format}`,
      fix: say`The only one is 'qemu-argv'.`,
    });
  }
  const { emulator } = domain.devices;
  if (emulator === undefined) throw new TypeError('a completed domain has an emulator');
  const capabilities = await context.registry.get(emulator);
  const { accelerator, domain: runnable } = chooseAccelerator(domain, capabilities);
  const paths = runPaths(context.folders.run, noId, domain.name);
  const request = { id: noId, paths, capabilities, accelerator, incoming: false };
  const { commandLine } = await planRun(runnable, request, environment, shownOnly);
  const variables = Object.entries(commandLine.environment).map(([name, value]) => `${name}=${value}`);
  return `${[...variables, commandLine.emulator, ...joined(commandLine.arguments)].join(' \\\n')}\n`;
}

/** One option a line, its value beside it. */
function joined(args: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of args) {
    const last = lines.at(-1);
    if (last !== undefined && !word.startsWith('-') && !last.includes(' '))
      lines[lines.length - 1] = `${last} ${quoted(word)}`;
    else lines.push(quoted(word));
  }
  return lines;
}

const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
