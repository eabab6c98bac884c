/** The programs some guests need beside their QEMU: an emulated TPM, a user-mode network of its own. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Interface, PortForward, Tpm } from '../../../../src-shared/model/domain/index.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import { ProcessError, run } from '../../../host/process.ts';
import type { HelperPlan } from '../guests/context.ts';

type EmulatedTpm = Extract<Tpm['backend'], { type: 'emulator' }>;

export interface TpmPlan {
  readonly tpm: Tpm;
  readonly socket: string;
  /** What the TPM remembers between runs. */
  readonly stateFolder: string;
  readonly logFile: string;
  readonly vmId: string;
}

/** @throws VirError when swtpm is missing or can't make a TPM. */
export async function prepareTpm(plan: TpmPlan): Promise<HelperPlan> {
  const { backend } = plan.tpm;
  if (backend.type !== 'emulator') throw new TypeError('only emulated TPMs have a program');
  if (backend.encryption !== undefined) {
    throw unsupported('An encrypted TPM (<encryption secret=…/>)', say`Remove <encryption> from the TPM.`);
  }
  const folder = backend.source?.type === 'dir' ? backend.source.path : plan.stateFolder;
  if (!existsSync(join(folder, isVersion2(backend) ? 'tpm2-00.permall' : 'tpm-00.permall'))) {
    await manufacture(folder, backend, plan.logFile);
  }
  const version = isVersion2(backend) ? ['--tpm2'] : [];
  return {
    argv: [
      ...['swtpm', 'socket', '--ctrl', `type=unixio,path=${plan.socket},mode=0600`],
      ...['--tpmstate', `dir=${folder},mode=0600`, '--log', `file=${plan.logFile}`, '--terminate', ...version],
    ],
    readyPath: plan.socket,
  };
}

const isVersion2 = (backend: EmulatedTpm): boolean => backend.version !== '1.2';

/** A new TPM gets its endorsement key, as it would have at the factory. */
async function manufacture(folder: string, backend: EmulatedTpm, logFile: string): Promise<void> {
  // Undefined when it was there: a folder that the definition names may hold anything.
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  const banks = backend.active_pcr_banks;
  const chosen =
    banks === undefined ? [] : (['sha1', 'sha256', 'sha384', 'sha512'] as const).filter((name) => banks[name]);
  const argv = ['swtpm_setup', '--tpm-state', folder, '--logfile', logFile, '--not-overwrite'];
  if (isVersion2(backend)) argv.push('--tpm2', '--createek');
  if (chosen.length > 0) argv.push('--pcr-banks', chosen.join(','));
  try {
    await run(argv);
  } catch (thrown) {
    if (!(thrown instanceof ProcessError)) throw thrown;
    if (made !== undefined) rmSync(folder, { recursive: true, force: true });
    throw missingProgram(thrown, 'swtpm', 'swtpm and swtpm-tools', 'an emulated TPM');
  }
}

export interface PasstPlan {
  readonly card: Interface;
  readonly socket: string;
}

/** A network of its own for one card, through passt. */
export function preparePasst({ card, socket }: PasstPlan): HelperPlan {
  if (card.type !== 'user') throw new TypeError('only user-mode cards are served by passt');
  // In the foreground it is ours to watch, and needs no file that it could not write once it has given up root.
  const argv = ['passt', '--foreground', '--one-off', '--socket', socket];
  // By itself it would become `nobody`, who may not enter the folder of the run; it still confines itself.
  if (process.getuid?.() === 0) argv.push('--runas', '0');
  if (card.mac?.address !== undefined) argv.push('--mac-addr', card.mac.address);
  if (card.source?.dev !== undefined) argv.push('--interface', card.source.dev);
  if (card.backend?.logFile !== undefined) argv.push('--log-file', card.backend.logFile);
  for (const ip of card.ip) {
    if (ip.address === undefined) continue;
    argv.push('--address', ip.address);
    if (ip.prefix !== undefined && ip.family !== 'ipv6') argv.push('--netmask', String(ip.prefix));
  }
  for (const forward of card.portForward) argv.push(`--${forward.proto}-ports`, portSpecification(forward));
  return { argv, readyPath: socket };
}

/** `ADDRESS%DEV/PORT-PORT:TO-TO,~PORT`, as passt wants it. */
export function portSpecification({ address, dev, range }: PortForward): string {
  const where =
    address === undefined && dev === undefined ? '' : `${address ?? ''}${dev === undefined ? '' : `%${dev}`}/`;
  if (range.length === 0) return `${where}all`;
  const ranges = range.map(({ start, end, to, exclude }) => {
    const span = end === undefined ? `${start}` : `${start}-${end}`;
    if (exclude === true) return `~${span}`;
    if (to === undefined) return span;
    return `${span}:${to}${end === undefined ? '' : `-${to + end - (start ?? 0)}`}`;
  });
  return `${where}${ranges.join(',')}`;
}

const unsupported = (what: string, fix: Sentence): VirError =>
  new VirError({ code: 'config-unsupported', domain: 'qemu', message: say`${what} is not supported yet.`, fix });

/** Turns "there is no such program" into what to install. */
export function missingProgram(thrown: ProcessError, program: string, packages: string, purpose: string): VirError {
  if (thrown.failure !== 'spawn') return thrown;
  return new VirError(
    {
      code: 'operation-failed',
      domain: 'qemu',
      message: say`The program '${program}' that ${purpose} needs is not installed.`,
      fix: say`Install ${packages}.`,
    },
    { cause: thrown },
  );
}
