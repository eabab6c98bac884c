import type { QemuCapabilities } from '../../capabilities/types.ts';
import { type ControllerOf, controllersOf } from '../controller-list.ts';
import { devicesOf } from '../device-list.ts';
import { unsupported } from '../errors.ts';
import type { CompleteDomain } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** Function 0 of a slot with more than one function says so, or the guest would not look at the others. */
export function markMultifunction({ devices }: CompleteDomain): void {
  const addresses = devicesOf(devices).flatMap(({ device }) =>
    device.address?.type === 'pci' ? [device.address] : [],
  );
  const slot = (address: (typeof addresses)[number]): string =>
    `${address.domain ?? 0}:${address.bus ?? 0}:${address.slot ?? 0}`;
  const shared = new Set(addresses.filter((address) => (address.function ?? 0) !== 0).map(slot));
  for (const address of addresses) {
    if ((address.function ?? 0) === 0 && shared.has(slot(address))) address.multifunction ??= true;
  }
}

type PciController = ControllerOf<'pci'>;

/** The QEMU device behind a controller, and the numbers the guest sees it by. */
export function completePciControllers({ devices }: CompleteDomain, capabilities: QemuCapabilities): void {
  const controllers = controllersOf(devices.controller, 'pci');
  for (const controller of controllers) {
    const index = controller.index ?? 0;
    const name = qemuName(controller, capabilities);
    if (name !== undefined) controller.modelName ??= { name };
    const address = controller.address?.type === 'pci' ? controller.address : undefined;
    const slot = address?.slot ?? 0;
    const target = controller.target ?? {};
    switch (controller.model) {
      case 'pci-bridge':
        target.chassisNr ??= index;
        if (index <= (address?.bus ?? 0)) {
          throw unsupported(
            say`The PCI bridge with index ${index} sits on bus ${address?.bus ?? 0}; its index must be larger.`,
          );
        }
        break;
      case 'pcie-root-port':
        target.chassis ??= index;
        target.port ??= (slot << 3) + (address?.function ?? 0);
        break;
      case 'pcie-switch-downstream-port':
        target.chassis ??= index;
        target.port ??= slot;
        break;
      case 'pci-expander-bus':
      case 'pcie-expander-bus':
        target.busNr ??= freeBusNumber(controllers);
        break;
      default:
        continue;
    }
    controller.target = target;
  }
}

function qemuName({ model }: PciController, capabilities: QemuCapabilities): string | undefined {
  switch (model) {
    case 'pci-bridge':
      return 'pci-bridge';
    case 'dmi-to-pci-bridge':
      return 'i82801b11-bridge';
    case 'pcie-to-pci-bridge':
      return 'pcie-pci-bridge';
    case 'pcie-root-port':
      return capabilities.hasType('pcie-root-port') ? 'pcie-root-port' : 'ioh3420';
    case 'pcie-switch-upstream-port':
      return 'x3130-upstream';
    case 'pcie-switch-downstream-port':
      return 'xio3130-downstream';
    case 'pci-expander-bus':
      return 'pxb';
    case 'pcie-expander-bus':
      return 'pxb-pcie';
    default:
      return undefined;
  }
}

/** Two below the lowest in use: one for the expander, one for the bridge in it. */
function freeBusNumber(controllers: readonly PciController[]): number {
  const lowest = Math.min(256, ...controllers.map((item) => item.target?.busNr ?? 256));
  if (lowest <= 2) throw unsupported(say`No PCI bus number is left for another PCI expander; give <target busNr>.`);
  return lowest - 2;
}
