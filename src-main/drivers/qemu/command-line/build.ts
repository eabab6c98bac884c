/** QEMU's command line for a running machine's definition, in the order in which libvirt writes it. */
import type { QemuCapabilities } from '../capabilities/types.ts';
import { managedReservations } from '../devices/block-image.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { boot, bootIndexes } from './boot.ts';
import { clock } from './clock.ts';
import { cpu } from './cpu.ts';
import { channels, consoles, parallelPorts, serialPorts, smartcards, usbRedirection } from './character-devices.ts';
import {
  audio,
  controllerGlobals,
  controllers,
  disks,
  folders,
  hostDevices,
  hubs,
  inputs,
  iommu,
  memballoon,
  networkCards,
  panics,
  rngs,
  sharedMemory,
  smartcardReaders,
  sound,
  tpms,
  video,
  vsock,
  watchdogs,
} from './devices.ts';
import { loader, pflash } from './firmware.ts';
import { graphics } from './graphics.ts';
import { escapeComma, toJson } from './json.ts';
import { accelerator, machine, powerManagement, processors, systemManagementMemory } from './machine.ts';
import { memory, memoryModules, numa } from './memory.ts';
import { OptionList } from './option-list.ts';
import { preparations } from './preparations.ts';
import { firmwareConfiguration, generationId, smbios } from './system.ts';
import type { BuildContext, CommandLine, Launch, Section } from './types.ts';

const sandboxRules = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

const name: Section = (options, { domain }) => {
  options.add('-name', `guest=${escapeComma(domain.name)},debug-threads=on`);
};

const deprecations: Partial<Record<string, Readonly<Record<string, string>>>> = {
  omit: { 'deprecated-output': 'hide' },
  reject: { 'deprecated-output': 'hide', 'deprecated-input': 'reject' },
  crash: { 'deprecated-output': 'hide', 'deprecated-input': 'crash' },
};

/** How QEMU takes what is deprecated: for those who test against it. */
const deprecation: Section = (options, { domain, capabilities }) => {
  const behaviour = deprecations[domain.qemuDeprecation?.behavior ?? 'none'];
  // The option is in no list QEMU gives; it is as old as objects in JSON.
  if (behaviour !== undefined && capabilities.schemaHas('object-add/arg-type/qom-type/^secret'))
    options.add('-compat', toJson(behaviour));
};

/** The machine stands still until it is told to run. */
const frozen: Section = (options) => {
  options.add('-S');
};

const masterKey: Section = (options, { launch }) => {
  if (launch.masterKeyFile === undefined) return;
  options.object({ 'qom-type': 'secret', id: 'masterKey0', format: 'raw', file: launch.masterKeyFile });
};

const reservations: Section = (options, { domain, launch }) => {
  if (!domain.devices.disk.some((disk) => disk.source?.reservations?.managed === true)) return;
  options.object({
    'qom-type': 'pr-manager-helper',
    id: managedReservations,
    path: `${launch.run.directory}/pr-helper0.sock`,
  });
};

const ioThreads: Section = (options, { domain }) => {
  for (const { id, thread_pool_min: min, thread_pool_max: max, poll } of ioThreadsOf(domain)) {
    options.object({
      'qom-type': 'iothread',
      id: `iothread${id}`,
      'thread-pool-min': min,
      'thread-pool-max': max,
      'poll-max-ns': poll?.max,
      'poll-grow': poll?.grow,
      'poll-shrink': poll?.shrink,
    });
  }
  const main = domain.defaultiothread;
  if (main === undefined) return;
  options.object({
    'qom-type': 'main-loop',
    id: 'main-loop',
    'thread-pool-min': main.thread_pool_min,
    'thread-pool-max': main.thread_pool_max,
  });
};

type IoThread = NonNullable<CompleteDomain['iothreadids']>['iothread'][number];

/** Those listed, and as many more as `<iothreads>` says, with the lowest free numbers. */
function ioThreadsOf(domain: CompleteDomain): IoThread[] {
  const threads: IoThread[] = [...(domain.iothreadids?.iothread ?? [])];
  const used = new Set(threads.map((thread) => thread.id));
  for (let id = 1; threads.length < (domain.iothreads ?? 0); id += 1) if (!used.has(id)) threads.push({ id });
  return threads;
}

const identity: Section = (options, { domain }) => {
  options.add('-uuid', domain.uuid);
};

const noDisplay: Section = (options, { domain }) => {
  if (domain.devices.graphics.length === 0) options.add('-display', 'none');
};

const nothingElse: Section = (options) => {
  options.add('-no-user-config', '-nodefaults');
};

const monitor: Section = (options, { launch }) => {
  const source = { mode: 'bind' as const, path: launch.monitorSocket, seclabel: [] };
  options.chardev({ type: 'unix', source }, 'charmonitor', launch.chardev);
  options.add('-mon', 'chardev=charmonitor,id=monitor,mode=control');
};

const incoming: Section = (options, { launch }) => {
  if (launch.incoming !== undefined) options.add('-incoming', launch.incoming);
};

const coreInformation: Section = (options, { domain }) => {
  if (domain.features?.vmcoreinfo?.state === true) options.device({ driver: 'vmcoreinfo' });
};

const launchSecurity: Section = (options, { domain, launch }) => {
  const security = domain.launchSecurity;
  if (security?.type !== 'sev') return;
  options.object({
    'qom-type': 'sev-guest',
    id: 'lsec0',
    cbitpos: security.cbitpos,
    'reduced-phys-bits': security.reducedPhysBits,
    policy: security.policy,
    'dh-cert-file': security.dhCert === undefined ? undefined : `${launch.run.directory}/dh_cert.base64`,
    'session-file': security.session === undefined ? undefined : `${launch.run.directory}/session.base64`,
    'kernel-hashes': security.kernelHashes,
  });
};

/** What the user hands to QEMU as it stands. */
const passthrough: Section = (options, { domain }) => {
  for (const { value } of domain.qemuCommandline?.arg ?? []) options.add(value);
  for (const { name: variable, value } of domain.qemuCommandline?.env ?? [])
    options.environment[variable] = value ?? '';
};

const sandbox: Section = (options, { capabilities, launch }) => {
  if (capabilities.hasOption('sandbox')) options.add('-sandbox', launch.sandbox ? sandboxRules : 'off');
};

const messages: Section = (options) => {
  options.add('-msg', 'timestamp=on');
};

const sections: readonly Section[] = [
  name,
  deprecation,
  frozen,
  masterKey,
  reservations,
  pflash,
  machine,
  accelerator,
  systemManagementMemory,
  cpu,
  loader,
  memory,
  processors,
  ioThreads,
  numa,
  identity,
  smbios,
  firmwareConfiguration,
  generationId,
  noDisplay,
  nothingElse,
  monitor,
  clock,
  powerManagement,
  boot,
  iommu,
  controllerGlobals,
  controllers,
  memoryModules,
  hubs,
  smartcardReaders,
  disks,
  folders,
  networkCards,
  smartcards,
  serialPorts,
  parallelPorts,
  channels,
  consoles,
  tpms,
  inputs,
  audio,
  graphics,
  video,
  sound,
  watchdogs,
  usbRedirection,
  hostDevices,
  incoming,
  memballoon,
  rngs,
  coreInformation,
  launchSecurity,
  passthrough,
  sandbox,
  panics,
  sharedMemory,
  vsock,
  messages,
];

/**
 * The command line of a machine that `prepareStart` has prepared. Pure: nothing is opened or written; what must be
 * there first is listed in `preparations`.
 *
 * @throws VirError `config-unsupported` naming the element that can't be expressed.
 */
export function buildCommandLine(domain: CompleteDomain, capabilities: QemuCapabilities, launch: Launch): CommandLine {
  const options = new OptionList(capabilities, domain.qemuOverride);
  const context: BuildContext = {
    domain,
    capabilities,
    launch,
    bootIndex: bootIndexes(domain),
    isPreallocated: launch.run.memory.isPreallocated,
  };
  for (const section of sections) section(options, context);
  return {
    emulator: domain.devices.emulator ?? capabilities.binary,
    arguments: options.arguments,
    environment: options.environment,
    preparations: preparations(domain, launch),
  };
}
