import type { Disk, Interface } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { isCableCard } from '../../../../network/ports/card.ts';
import { unsupported } from '../errors.ts';
import type { CompleteDomain } from '../types.ts';
import type { Provision, StartPass } from './types.ts';

/** An element that needs something done beside QEMU, and what. */
type Need = readonly [element: string, provision: Provision | 'nobody'];

/**
 * A machine is not started with less than its definition asks for: elements that nothing here puts into effect are
 * refused by name.
 */
export const refuseUnprovided: StartPass = (domain, { run }) => {
  const needs = [
    ...tuningNeeds(domain),
    ...domainNeeds(domain),
    ...domain.devices.disk.flatMap(diskNeeds),
    ...domain.devices.interface.flatMap((card) => cardNeeds(card, run.provides?.has('cables') === true)),
  ];
  for (const [element, provision] of needs) {
    if (provision !== 'nobody' && run.provides?.has(provision) === true) continue;
    throw unsupported(say`Domain '${domain.name}' can't be started: ${element} is not supported here.`);
  }
};

const need = (element: string, provision: Need[1], isAsked: boolean): Need[] => (isAsked ? [[element, provision]] : []);

/** An element with something in it besides its defaults. */
const isSet = (section: object | undefined): boolean =>
  Object.entries(section ?? {}).some(([key, value]) => {
    if (key === '_extra' || value === undefined) return false;
    return !Array.isArray(value) || value.length > 0;
  });

function tuningNeeds({ blkiotune, memtune, cputune, numatune, resource, vcpu, vcpus, perf }: CompleteDomain): Need[] {
  const { vcpupin, emulatorpin, iothreadpin, vcpusched, iothreadsched, emulatorsched, ...limits } = cputune ?? {};
  const isScheduled = isSet({ vcpusched, iothreadsched, emulatorsched });
  const isHotpluggable = vcpus?.vcpu.some((item) => item.enabled && item.hotpluggable === true) === true;
  return [
    ...need('<blkiotune>', 'limits', isSet(blkiotune)),
    ...need('<memtune>', 'limits', isSet(memtune)),
    ...need('<cputune> with shares, periods or quotas', 'limits', isSet(limits)),
    ...need('<cputune> with pinning', 'affinity', isSet({ vcpupin, emulatorpin, iothreadpin })),
    ...need('<cputune> with scheduling', 'scheduling', isScheduled),
    ...need('<vcpu cpuset>', 'affinity', vcpu.cpuset !== undefined),
    ...need("<vcpu placement='auto'>", 'affinity', vcpu.placement === 'auto'),
    ...need("<numatune><memory mode='restrictive'>", 'limits', numatune?.memory?.mode === 'restrictive'),
    ...need("<numatune><memory placement='auto'>", 'affinity', numatune?.memory?.placement === 'auto'),
    ...need('<resource>', 'limits', isSet(resource)),
    ...need('<perf>', 'nobody', perf?.event.some((event) => event.enabled) === true),
    ...need('A hot-pluggable <vcpu> that is on at start', 'cpu-hotplug', isHotpluggable),
  ];
}

/** Features of other architectures and hypervisors. */
const foreignFeatures = ['gic', 'hpt', 'htm', 'nestedHv', 'ccfAssist', 'xen', 'cfpc', 'sbbc', 'ibs'] as const;

function domainNeeds(domain: CompleteDomain): Need[] {
  const { os, cpu, features, launchSecurity, devices } = domain;
  const security = launchSecurity?.type;
  return [
    ...need('<bootloader>', 'nobody', domain.bootloader !== undefined),
    ...need('<keywrap>', 'nobody', domain.keywrap !== undefined),
    ...need('<os><init>', 'nobody', os.init !== undefined),
    ...need('<os><shim>', 'nobody', os.shim !== undefined),
    ...need('<os><root>', 'nobody', os.root !== undefined),
    ...need(`<cpu match='${cpu?.match}'>`, 'nobody', cpu?.match === 'minimum' || cpu?.match === 'strict'),
    ...need('<cpu deprecated_features>', 'nobody', cpu?.deprecated_features !== undefined),
    ...foreignFeatures.flatMap((name) => need(`<features><${name}>`, 'nobody', features?.[name] !== undefined)),
    ...need('<features><capabilities>', 'nobody', features?.capabilities !== undefined),
    ...need(`<launchSecurity type='${security}'>`, 'nobody', security !== undefined && security !== 'sev'),
    ...need('<lease>', 'nobody', devices.lease.length > 0),
    ...need('<crypto>', 'nobody', devices.crypto.length > 0),
    ...need('<nvram> (as a device)', 'nobody', devices.nvram !== undefined),
  ];
}

function diskNeeds(disk: Disk): Need[] {
  const named = `Disk '${disk.target.dev}':`;
  const { source } = disk;
  const network = disk.type === 'network' ? disk.source : undefined;
  const { identity } = network ?? {};
  return [
    ...need(`${named} <backenddomain>`, 'nobody', disk.backenddomain !== undefined),
    ...need(`${named} type='vhostvdpa'`, 'nobody', disk.type === 'vhostvdpa'),
    ...need(`${named} <transient>`, 'transient-disks', disk.transient !== undefined),
    ...need(`${named} managed <reservations>`, 'reservations', source?.reservations?.managed === true),
    ...need(`${named} <source fdgroup>`, 'nobody', disk.type === 'file' && disk.source?.fdgroup !== undefined),
    ...need(`${named} <knownHosts>`, 'nobody', network?.knownHosts !== undefined),
    ...need(`${named} <identity keyfile>`, 'nobody', (identity?.keyfile ?? identity?.agentsock) !== undefined),
    ...need(`${named} rawio`, 'limits', disk.rawio === true),
  ];
}

function cardNeeds(card: Interface, cables: boolean): Need[] {
  const named = `<interface> ${card.mac?.address ?? ''}:`;
  // Whoever plugs it in has looked at the rest, and refuses what it can't do.
  if (cables && isCableCard(card)) return need(`${named} <guest dev>`, 'nobody', card.guest !== undefined);
  const source = 'source' in card && card.source !== undefined ? card.source : undefined;
  const hostAddresses = source !== undefined && 'ip' in source ? source.ip.length + source.route.length : 0;
  return [
    ...need(`${named} type='${card.type}'`, 'nobody', card.type === 'null' || card.type === 'vds'),
    ...need(`${named} type='hostdev'`, 'traffic', card.type === 'hostdev'),
    ...need(`${named} <bandwidth>`, 'traffic', card.bandwidth !== undefined),
    ...need(`${named} <vlan>`, 'traffic', card.vlan !== undefined),
    ...need(`${named} <virtualport>`, 'traffic', card.virtualport !== undefined),
    ...need(`${named} <filterref>`, 'traffic', card.filterref !== undefined),
    ...need(`${named} <port isolated>`, 'traffic', card.port?.isolated === true),
    ...need(`${named} <coalesce>`, 'traffic', card.coalesce !== undefined),
    ...need(`${named} addresses of the host's end`, 'traffic', hostAddresses > 0),
    ...need(`${named} <script>`, 'traffic', (card.script ?? card.downscript) !== undefined),
    ...need(`${named} <backenddomain>`, 'nobody', card.backenddomain !== undefined),
    ...need(`${named} <guest dev>`, 'nobody', card.guest !== undefined),
    ...need(`${named} <mtu>`, 'traffic', card.mtu !== undefined && card.type !== 'user'),
    ...need(`${named} trustGuestRxFilters`, 'traffic', card.trustGuestRxFilters === true),
  ];
}
