import type { Video } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { addressProperties } from './address.ts';
import {
  aliasOf,
  type DeviceContext,
  type DeviceProperties,
  type JsonProperties,
  positive,
  vhostUserAlias,
} from './properties.ts';
import { virtioProperties, virtioSwitches } from './virtio.ts';

const withVga: Partial<Record<string, string>> = {
  vga: 'VGA',
  cirrus: 'cirrus-vga',
  vmvga: 'vmware-svga',
  qxl: 'qxl-vga',
  bochs: 'bochs-display',
  ramfb: 'ramfb',
};

/** A graphics card; `undefined` for the model that means none. */
export function videoProperties(card: Video, context: DeviceContext): DeviceProperties | undefined {
  const { model } = card;
  if (model === undefined || model.type === 'none') return undefined;
  const hasHeads = model.type === 'qxl' || model.type === 'virtio';
  return {
    ...driver(card, context),
    id: aliasOf(card),
    virgl: virgl(card, context),
    max_outputs: hasHeads ? positive(model.heads) : undefined,
    ...memoryProperties(card, context),
    xres: positive(model.resolution?.x),
    yres: positive(model.resolution?.y),
    blob: model.blob,
    edid: model.edid,
    ...addressProperties(context.domain, card),
  };
}

function driver(card: Video, { capabilities }: DeviceContext): DeviceProperties {
  const { model } = card;
  const isPrimary = model?.primary === true;
  if (card.driver?.name === 'vhostuser') {
    if (isPrimary) return { driver: 'vhost-user-vga' };
    return virtioProperties('vhost-user-gpu', card, undefined, capabilities);
  }
  const accelerated = model?.acceleration?.accel3d === true;
  if (model?.type === 'virtio') {
    if (isPrimary && capabilities.hasType('virtio-vga')) {
      const name = accelerated && capabilities.hasType('virtio-vga-gl') ? 'virtio-vga-gl' : 'virtio-vga';
      return { driver: name, ...virtioSwitches(card) };
    }
    const name = accelerated && capabilities.hasType('virtio-gpu-gl-pci') ? 'virtio-gpu-gl' : 'virtio-gpu';
    return virtioProperties(name, card, undefined, capabilities);
  }
  const name = isPrimary ? withVga[model?.type ?? ''] : model?.type === 'qxl' ? 'qxl' : undefined;
  if (name === undefined)
    throw unsupported(say`A graphics card '${model?.type}' is not supported${isPrimary ? '' : ' besides the first'}.`);
  return { driver: name };
}

function virgl(card: Video, { capabilities }: DeviceContext): boolean | undefined {
  if (card.driver?.name === 'vhostuser' || card.model?.type !== 'virtio') return undefined;
  return capabilities.hasProperty('virtio-gpu-pci', 'virgl') ? card.model.acceleration?.accel3d : undefined;
}

function memoryProperties(card: Video, { capabilities }: DeviceContext): JsonProperties {
  const { model } = card;
  const vram = model?.vram ?? 0;
  if (model?.type === 'qxl') {
    return {
      ram_size: positive((model.ram ?? 0) * 1024),
      vram_size: positive(vram * 1024),
      vram64_size_mb: capabilities.hasProperty('qxl', 'vram64_size_mb')
        ? Math.floor((model.vram64 ?? 0) / 1024)
        : undefined,
      vgamem_mb: capabilities.hasProperty('qxl', 'vgamem_mb') ? Math.floor((model.vgamem ?? 0) / 1024) : undefined,
    };
  }
  if (card.driver?.name === 'vhostuser') return { chardev: vhostUserAlias(card) };
  if (model?.type === 'vga' || model?.type === 'vmvga') return { vgamem_mb: positive(Math.floor(vram / 1024)) };
  return model?.type === 'bochs' ? { vgamem: positive(vram * 1024) } : {};
}
