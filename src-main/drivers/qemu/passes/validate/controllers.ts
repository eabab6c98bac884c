import type { Controller } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { unsupported } from '../errors.ts';
import { hasBuiltinIde } from '../machine-kind.ts';
import type { CompleteDomain, Pass } from '../types.ts';

export const validateControllers: Pass = (domain, { capabilities }) => {
  for (const controller of domain.devices.controller) {
    checkThread(domain, controller);
    switch (controller.type) {
      case 'ide':
        if (hasBuiltinIde(domain) && controller.index !== 0)
          throw unsupported(say`This board has one IDE <controller>.`);
        if (!hasBuiltinIde(domain)) {
          throw unsupported(say`The machine '${domain.os.type.machine}' has no IDE <controller>; use SATA.`);
        }
        break;
      case 'pci':
        checkPci(controller, capabilities.hasProperty('PIIX4_PM', 'acpi-root-pci-hotplug'));
        break;
      case 'xenbus':
      case 'isa':
      case 'nvme':
        throw unsupported(say`A <controller type='${controller.type}'> is not supported.`);
      default:
        break;
    }
  }
};

function checkThread(domain: CompleteDomain, controller: Controller): void {
  const driver = controller.driver;
  if (driver === undefined || controller.type === 'scsi' || controller.type === 'virtio-serial') return;
  for (const name of ['queues', 'cmd_per_lun', 'max_sectors', 'iothread', 'ioeventfd'] as const) {
    if (driver[name] !== undefined) {
      throw unsupported(say`<controller type='${controller.type}'><driver ${name}> is for virtio-scsi only.`);
    }
  }
}

/** Highest numbers PCI has room for. */
const highest = { index: 255, chassisNr: 255, chassis: 255, port: 255, busNr: 254 } as const;

function checkPci(controller: Extract<Controller, { type: 'pci' }>, canSwitchRootHotplug: boolean): void {
  const { model, index = 0, target, address } = controller;
  const isRoot = model === 'pci-root' || model === 'pcie-root';
  const named = `<controller type='pci' index='${index}' model='${model}'>`;
  if (isRoot && address !== undefined) throw unsupported(say`${named} is the root and has no <address>.`);
  if (index > highest.index) throw unsupported(say`${named}: the highest index is ${highest.index}.`);
  for (const name of ['chassisNr', 'chassis', 'port', 'busNr'] as const) {
    if ((target?.[name] ?? 0) > highest[name])
      throw unsupported(say`${named}: the highest ${name} is ${highest[name]}.`);
  }
  if (target?.hotplug === undefined) return;
  if (model === 'pci-root' && !canSwitchRootHotplug) {
    throw unsupported(say`${named}: this QEMU can't switch <target hotplug>.`);
  }
  if (model !== 'pci-root' && model !== 'pcie-root-port' && model !== 'pcie-switch-downstream-port') {
    throw unsupported(say`${named} has no <target hotplug>.`);
  }
}
