import Box from 'lucide-react/icons/box';
import CircuitBoard from 'lucide-react/icons/circuit-board';
import Cpu from 'lucide-react/icons/cpu';
import Disc from 'lucide-react/icons/disc-3';
import HardDrive from 'lucide-react/icons/hard-drive';
import ListOrdered from 'lucide-react/icons/list-ordered';
import MemoryStick from 'lucide-react/icons/memory-stick';
import Monitor from 'lucide-react/icons/monitor';
import Network from 'lucide-react/icons/network';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { formatKiB } from '../../../app/format.ts';
import { t, textOf } from '../../../app/i18n.ts';
import {
  cardDetail,
  cardName,
  cpuWords,
  diskDetail,
  diskName,
  joined,
  machineWords,
  topologyWords,
  vcpuWords,
} from '../device-words.ts';
import { type DeviceList, type DeviceOf, devicesOfKind, removeDevice } from '../edit/domain-edit.ts';
import { bootEntries, bootMenuOf, firmwareOf } from '../edit/firmware.ts';
import { memoryOf } from '../edit/processor.ts';
import { BoardForm } from './board-form.tsx';
import { BootForm, bootEntryName } from './boot-form.tsx';
import { CardForm } from './card-form.tsx';
import { deviceKinds } from './device-xml.ts';
import { DiskForm } from './disk-form.tsx';
import { GraphicsForm } from './graphics-form.tsx';
import type { Edit, Group, HardwareItem } from './item.ts';
import { MemoryForm } from './memory-form.tsx';
import { ProcessorForm } from './processor-form.tsx';
import { simpleDevices } from './simple-devices.tsx';
import { SimpleForm } from './simple-form.tsx';
import type { Host } from './use-host.ts';

interface Context {
  readonly domain: Domain;
  readonly stored: Domain;
  readonly edit: Edit;
  readonly host: Host;
}

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** Everything the machine is made of. */
export function itemsOf(context: Context): readonly HardwareItem[] {
  return [...partsOf(context), ...deviceKinds.flatMap((kind) => devices(context, kind))];
}

function partsOf({ domain, stored, edit, host }: Context): readonly HardwareItem[] {
  const { maximumKiB, currentKiB } = memoryOf(domain);
  const boot = bootEntries(domain).filter(({ order }) => order !== undefined);
  return [
    {
      id: 'processor',
      group: 'system',
      icon: Cpu,
      name: t('machine:hardware.processor'),
      detail: joined(vcpuWords(domain), topologyWords(domain), cpuWords(domain)),
      edited: differ([domain.vcpu, domain.cpu], [stored.vcpu, stored.cpu]),
      form: () => <ProcessorForm domain={domain} edit={edit} host={host} />,
    },
    {
      id: 'memory',
      group: 'system',
      icon: MemoryStick,
      name: t('machine:hardware.memory'),
      detail:
        currentKiB === maximumKiB
          ? formatKiB(maximumKiB)
          : t('machine:memory.of', { current: formatKiB(currentKiB), maximum: formatKiB(maximumKiB) }),
      edited:
        differ([domain.memory?.KiB, currentKiB], [stored.memory?.KiB, memoryOf(stored).currentKiB]) ||
        differ(domain.devices?.memballoon, stored.devices?.memballoon),
      form: () => <MemoryForm domain={domain} edit={edit} host={host} />,
    },
    {
      id: 'board',
      group: 'system',
      icon: CircuitBoard,
      name: t('machine:hardware.board'),
      detail: joined(t(`create:firmware.${firmwareOf(domain)}`), machineWords(domain.os?.type.machine)),
      edited: differ([firmwareOf(domain), domain.os?.type], [firmwareOf(stored), stored.os?.type]),
      form: () => <BoardForm domain={domain} edit={edit} host={host} />,
    },
    {
      id: 'boot',
      group: 'system',
      icon: ListOrdered,
      name: t('machine:hardware.boot'),
      detail: boot.map((entry) => bootEntryName(domain, entry)).join(', '),
      edited: differ([bootEntries(domain), bootMenuOf(domain)], [bootEntries(stored), bootMenuOf(stored)]),
      form: () => <BootForm domain={domain} edit={edit} />,
    },
  ];
}

type Look = Pick<HardwareItem, 'group' | 'icon' | 'name' | 'detail' | 'form'>;

function devices<K extends DeviceList>({ domain, stored, edit, host }: Context, kind: K): readonly HardwareItem[] {
  const before = new Set(devicesOfKind(stored, kind).map((device) => JSON.stringify(device)));
  return devicesOfKind(domain, kind).map((device, index): HardwareItem => {
    return {
      id: `${kind} ${index}`,
      ...lookOf(domain, edit, host, kind, device, index),
      edited: !before.has(JSON.stringify(device)),
      remove: () => edit((now) => removeDevice(now, kind, index)),
    };
  });
}

function lookOf<K extends DeviceList>(
  domain: Domain,
  edit: Edit,
  host: Host,
  kind: K,
  device: DeviceOf<K>,
  index: number,
): Look {
  const disk = kind === 'disk' ? domain.devices?.disk[index] : undefined;
  if (disk !== undefined) {
    return {
      group: 'disks',
      icon: disk.device === 'cdrom' ? Disc : HardDrive,
      name: diskName(disk),
      detail: diskDetail(disk),
      form: () => <DiskForm domain={domain} index={index} edit={edit} />,
    };
  }
  const card = kind === 'interface' ? domain.devices?.interface[index] : undefined;
  if (card !== undefined) {
    return {
      group: 'network',
      icon: Network,
      name: cardName(card),
      detail: cardDetail(card),
      form: () => <CardForm domain={domain} index={index} edit={edit} uri={host.uri} />,
    };
  }
  const display = kind === 'graphics' ? domain.devices?.graphics[index] : undefined;
  if (display !== undefined) {
    const known = display.type === 'vnc' || display.type === 'spice';
    return {
      group: 'display',
      icon: Monitor,
      name: t('create:display.graphics'),
      detail: textOf(`create:graphics.${display.type}`, display.type),
      form: () =>
        known ? (
          <GraphicsForm domain={domain} index={index} edit={edit} />
        ) : (
          <SimpleForm domain={domain} kind={kind} index={index} edit={edit} />
        ),
    };
  }
  const form = (): React.ReactNode => <SimpleForm domain={domain} kind={kind} index={index} edit={edit} />;
  const simple = simpleDevices[kind];
  if (simple !== undefined) {
    return {
      group: simple.group,
      icon: simple.icon(device),
      name: simple.name(device),
      detail: simple.detail(device),
      form,
    };
  }
  const { type, model } = device as { readonly type?: unknown; readonly model?: unknown };
  const word = textOf(`machine:device.${kind}`, kind);
  return {
    group: 'other',
    icon: Box,
    name: word.charAt(0).toUpperCase() + word.slice(1),
    detail: joined(typeof type === 'string' && type, typeof model === 'string' && model),
    form,
  };
}

export const groupName = (group: Group): string => t(`machine:hardware.${group}`);
