/** From a definition to what is started: command line, live definition, helpers, and files that must be there first. */
import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { buildCommandLine } from '../command-line/build.ts';
import type { CommandLine, Launch } from '../command-line/types.ts';
import type { BlockHost } from '../devices/block-host.ts';
import { type SealedSecret, sealSecret, type SecretReference, secretReferences } from '../devices/secrets.ts';
import type { NetworkHost } from '../devices/netdev.ts';
import type { FirmwareDescriptor } from '../firmware/descriptor.ts';
import { firmwareFolders, loadFirmwares } from '../firmware/load.ts';
import { defaultNvramPath } from '../guests/belongings.ts';
import type { HelperPlan, LaunchPlan, RunRequest } from '../guests/context.ts';
import { completeDefinition, type DefinitionEnvironment } from '../passes/index.ts';
import type { Cables, PlannedCables } from '../network/cables.ts';
import { prepareStart, type RunContext } from '../passes/start/index.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { resolveDisks } from './disk-sources.ts';
import { preparePasst, prepareTpm } from './helpers.ts';
import { hostPageSizeKiB, hugepageMounts, type PortAllocator, renderNode } from './host-facts.ts';
import type { QemuFolders, RunPaths } from './run-paths.ts';

const masterKeyBytes = 32;

export interface PreparationEnvironment {
  readonly folders: QemuFolders;
  readonly definition: DefinitionEnvironment;
  /** The user's own firmware descriptions are below it. */
  readonly configHome: string | undefined;
  readonly cables: Cables;
  /** What a secret holds. @throws VirError when there is none, or it holds nothing */
  readonly reveal: (secret: SecretReference) => Promise<Uint8Array>;
}

/** What this run takes of the host, and what is seen to beside QEMU. */
export type Surroundings = Pick<RunContext, 'allocatePort' | 'provides'>;

export const blockHost: BlockHost = { isHostCdrom: (path) => /^\/dev\/(sr\d+|cdrom)$/.test(path) };

export const networkHost = (paths: RunPaths, cable?: NetworkHost['tap']): NetworkHost => ({
  ...(cable === undefined ? {} : { tap: cable }),
  passtSocket: (card) => paths.socket(`${card.alias?.name ?? 'net'}-passt.sock`),
});

/** The command line of a run. Nothing is touched: its images need not be there. */
export async function planRun(
  domain: CompleteDomain,
  request: RunRequest,
  environment: PreparationEnvironment,
  surroundings: Surroundings,
  cable?: NetworkHost['tap'],
  block: BlockHost = blockHost,
): Promise<{ readonly live: CompleteDomain; readonly commandLine: CommandLine }> {
  const { capabilities, paths } = request;
  const { definition } = environment;
  const run = runContext(domain, request, environment, surroundings, await neededFirmwares(domain, environment));
  const live = prepareStart(domain, { capabilities, environment: definition, isNew: false, run });
  const launch: Launch = {
    run,
    masterKeyFile: paths.file('master-key.aes'),
    monitorSocket: paths.monitor,
    ...(request.incoming ? { incoming: 'defer' } : {}),
    sandbox: true,
    now: new Date(),
    block,
    network: networkHost(paths, cable),
    chardev: {},
  };
  return { live, commandLine: buildCommandLine(live, capabilities, launch) };
}

/** The same, with everything made that QEMU expects to find. */
export async function prepareRun(
  domain: Domain,
  request: RunRequest,
  environment: PreparationEnvironment,
  allocator: PortAllocator,
): Promise<LaunchPlan> {
  const ports = allocator.reserve();
  try {
    const plan = await prepare(domain, request, environment, {
      allocatePort: (use) => ports.allocate(use),
      provides: new Set(['cables'] as const),
    });
    const release = (): void => {
      ports.release();
      environment.cables.release(plan.cables);
    };
    return { ...plan, release };
  } catch (thrown) {
    ports.release();
    throw thrown;
  }
}

async function prepare(
  domain: Domain,
  request: RunRequest,
  environment: PreparationEnvironment,
  surroundings: Surroundings,
): Promise<Omit<LaunchPlan, 'release'>> {
  const { capabilities, accelerator } = request;
  const completed = completeDefinition(domain, { capabilities, environment: environment.definition, isNew: false });
  const planned = await environment.cables.plan(await resolveDisks(completed), accelerator);
  try {
    return await finish(planned.domain, planned.cables, request, environment, surroundings);
  } catch (thrown) {
    environment.cables.release(planned.cables);
    throw thrown;
  }
}

async function finish(
  domain: CompleteDomain,
  cables: PlannedCables,
  request: RunRequest,
  environment: PreparationEnvironment,
  surroundings: Surroundings,
): Promise<Omit<LaunchPlan, 'release'>> {
  const masterKey = randomBytes(masterKeyBytes);
  const block = { ...blockHost, secrets: await sealedSecrets(domain, masterKey, environment) };
  const { live, commandLine } = await planRun(domain, request, environment, surroundings, cables.end, block);
  const { preparations } = commandLine;
  const { paths } = request;
  writeFileSync(paths.file('master-key.aes'), masterKey, { mode: 0o600 });
  for (const folder of preparations.folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (preparations.nvram !== undefined) await prepareNvram(live, preparations.nvram);
  if (preparations.virtiofs.length > 0) {
    throw new VirError({
      code: 'config-unsupported',
      domain: 'qemu',
      message: say`Shared folders over virtiofs of domain '${live.name}' are not supported yet.`,
      fix: say`Use a 9p folder, or start virtiofsd yourself and name its socket in <source socket='…'/>.`,
    });
  }
  const helpers: HelperPlan[] = [];
  for (const { tpm, socket } of preparations.tpms) {
    const stateFolder = join(environment.folders.tpm, live.uuid, tpmFolder(tpm.backend));
    const logFile = join(environment.folders.logs, `${live.name}-swtpm.log`);
    helpers.push(await prepareTpm({ tpm, socket, stateFolder, logFile, vmId: live.uuid }));
  }
  for (const { card, socket } of preparations.passt) {
    helpers.push(preparePasst({ card, socket }));
  }
  return {
    argv: [commandLine.emulator, ...commandLine.arguments],
    env: commandLine.environment,
    live,
    helpers,
    cables,
  };
}

/** Every secret of the domain's storage, for a QEMU that has this key. */
async function sealedSecrets(
  domain: Domain,
  masterKey: Uint8Array,
  { reveal }: PreparationEnvironment,
): Promise<NonNullable<BlockHost['secrets']>> {
  const keyOf = ({ usageType, uuid, usage }: SecretReference): string => uuid ?? `${usageType} ${usage ?? ''}`;
  const sealed = new Map<string, SealedSecret>();
  for (const reference of secretReferences(domain)) {
    sealed.set(keyOf(reference), sealSecret(masterKey, await reveal(reference)));
  }
  return {
    sealed: (reference) => {
      const found = sealed.get(keyOf(reference));
      if (found !== undefined) return found;
      throw new VirError({
        code: 'config-unsupported',
        domain: 'qemu',
        message: say`The secret ${reference.uuid ?? `'${reference.usage ?? ''}'`} of domain '${domain.name}' can't be used there.`,
      });
    },
    sealedText: (text) => sealSecret(masterKey, text),
  };
}

const tpmFolder = (backend: { type: string; version?: string }): string =>
  backend.version === '1.2' ? 'tpm1.2' : 'tpm2';

/** Firmware is looked for only when the definition leaves its choice, or the template of its variables, to us. */
async function neededFirmwares(
  { os }: Domain,
  { configHome }: PreparationEnvironment,
): Promise<readonly FirmwareDescriptor[]> {
  if (os?.firmware === undefined && os?.loader === undefined) return [];
  return (await loadFirmwares(firmwareFolders(configHome))).firmwares;
}

function runContext(
  domain: CompleteDomain,
  { paths }: RunRequest,
  { folders }: PreparationEnvironment,
  surroundings: Surroundings,
  firmwares: readonly FirmwareDescriptor[],
): RunContext {
  const node = renderNode();
  return {
    directory: paths.folder,
    channelDirectory: paths.folder,
    ...surroundings,
    listenAddress: '127.0.0.1',
    ...(node === undefined ? {} : { renderNode: node }),
    firmwares,
    nvramPath: defaultNvramPath(folders, domain.name),
    tpmSocket: (tpm) => paths.socket(`${tpm.alias?.name ?? 'tpm0'}-swtpm.sock`),
    memory: {
      pageSizeKiB: hostPageSizeKiB(),
      get hugepages() {
        return hugepageMounts();
      },
      backingFolder: paths.folder,
      hugepageFolder: `vivarium/qemu/${domain.uuid}`,
      isPreallocated: false,
    },
  };
}

/** A domain's own copy of the UEFI variables, made from the firmware's template at its first start. */
async function prepareNvram(
  { name }: Domain,
  { path, template }: { readonly path: string; readonly template?: string },
): Promise<void> {
  if (existsSync(path)) return;
  if (template === undefined) {
    throw new VirError({
      code: 'operation-failed',
      domain: 'qemu',
      message: say`The UEFI variables '${path}' of domain '${name}' are not there, and no template is known for them.`,
      fix: say`Name one in <nvram template='…'>.`,
    });
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  copyFileSync(template, path, constants.COPYFILE_EXCL);
  await chmod(path, 0o600);
}
