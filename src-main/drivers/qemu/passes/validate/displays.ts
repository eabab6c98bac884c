import type { Video } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import type { QemuCapabilities } from '../../capabilities/types.ts';
import { unsupported } from '../errors.ts';
import type { CompleteDomain, Pass } from '../types.ts';

export const validateDisplays: Pass = (domain, { capabilities }) => {
  checkGraphics(domain, capabilities);
  checkAudio(domain, capabilities);
  domain.devices.video.forEach((card, place) => {
    checkCard(card, place === 0);
  });
  if (domain.devices.video.length > 1 && domain.devices.video.some((card) => card.model?.type === 'none')) {
    throw unsupported(say`<video><model type='none'/> has no other <video> beside it.`);
  }
};

/** What DES makes of a VNC password. */
const vncPasswordLength = 8;

function checkGraphics({ devices }: CompleteDomain, capabilities: QemuCapabilities): void {
  const { graphics } = devices;
  let openGl = 0;
  for (const display of graphics) {
    if (display.type === 'vnc' && (display.passwd?.length ?? 0) > vncPasswordLength) {
      throw unsupported(say`A VNC password has at most ${vncPasswordLength} characters.`);
    }
    if (display.type === 'spice' && !capabilities.hasOption('spice')) throw unsupported(say`This QEMU has no SPICE.`);
    if (display.type === 'egl-headless') {
      openGl += 1;
      if (graphics.some((other) => !['egl-headless', 'vnc', 'spice', 'dbus'].includes(other.type))) {
        throw unsupported(say`<graphics type='egl-headless'> draws for a VNC or SPICE display, and none other.`);
      }
    } else if ('gl' in display && display.gl?.enable === true) openGl += 1;
    if (display.type === 'vnc' || display.type === 'spice') {
      if (display.listens.some((listen) => listen.type === 'network' && listen.network === undefined)) {
        throw unsupported(say`<listen type='network'> needs the name of the network.`);
      }
    }
  }
  if (openGl > 1) throw unsupported(say`Only one <graphics> can use OpenGL.`);
}

function checkAudio({ devices }: CompleteDomain, capabilities: QemuCapabilities): void {
  const ids = new Set<number>();
  for (const { id, type } of devices.audio) {
    if (ids.has(id)) throw unsupported(say`Two <audio> have the id ${id}.`);
    ids.add(id);
    if (type === 'spice' && !devices.graphics.some((display) => display.type === 'spice')) {
      throw unsupported(say`<audio type='spice'> needs <graphics type='spice'>.`);
    }
    if (type === 'pipewire' && !capabilities.hasOption('audiodev') && !capabilities.hasType('audiodev-pipewire')) {
      throw unsupported(say`This QEMU has no <audio type='pipewire'>.`);
    }
  }
  for (const sound of devices.sound) {
    if (sound.audio !== undefined && !ids.has(sound.audio.id))
      throw unsupported(say`There is no <audio id='${sound.audio.id}'>.`);
    if (sound.model === 'sb16' || sound.model === 'es1370' || sound.model === 'pcspk') continue;
    if (sound.model === 'ich7') throw unsupported(say`QEMU has no <sound model='ich7'>.`);
  }
}

/** Cards that firmware and guests can start on. */
const primaryOnly: readonly (string | undefined)[] = ['cirrus', 'vga', 'vmvga', 'ramfb', 'bochs'];
const known: readonly (string | undefined)[] = ['vga', 'cirrus', 'vmvga', 'qxl', 'virtio', 'bochs', 'ramfb', 'none'];
const uint32Max = 0xffff_ffff;

function checkCard({ model, address, driver }: Video, isFirst: boolean): void {
  const type = model?.type;
  const named = `<video><model type='${type}'>`;
  if (!known.includes(type)) throw unsupported(say`${named} is not known to QEMU.`);
  if (!isFirst && primaryOnly.includes(type)) throw unsupported(say`${named} can only be the first <video>.`);
  if (type === 'ramfb' && address !== undefined) throw unsupported(say`${named} has no <address>.`);
  if (driver?.name === 'vhostuser' && type !== 'virtio') throw unsupported(say`${named}: vhostuser needs virtio.`);
  if (type !== 'qxl' && (model?.ram ?? model?.vram64 ?? model?.vgamem) !== undefined) {
    throw unsupported(say`${named}: ram, vram64 and vgamem are for qxl.`);
  }
  if (type !== 'qxl' && type !== 'virtio' && (model?.heads ?? 1) > 1) throw unsupported(say`${named} has one head.`);
  if (model?.acceleration?.accel2d === true) throw unsupported(say`${named}: QEMU has no accel2d.`);
  if (model?.acceleration?.accel3d === true && type !== 'virtio')
    throw unsupported(say`${named}: accel3d needs virtio.`);
  for (const size of [model?.vram, model?.ram, model?.vgamem]) {
    if ((size ?? 0) * 1024 > uint32Max) throw unsupported(say`${named}: its memory is at most 4 GiB.`);
  }
  if ((type === 'vga' || type === 'vmvga' || type === 'bochs') && (model?.vram ?? 1024) < 1024) {
    throw unsupported(say`${named}: vram is at least 1024 KiB.`);
  }
  if (model?.resolution !== undefined && (model.resolution.x === 0 || model.resolution.y === 0)) {
    throw unsupported(say`${named}: a <resolution> is more than 0.`);
  }
}
