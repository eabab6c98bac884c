import { dirname } from 'node:path';
import { isVirtiofs } from '../devices/shared.ts';
import type { CompleteDomain } from '../passes/types.ts';
import type { Launch, Preparations } from './types.ts';

/** What the starter must see to before it runs QEMU. */
export function preparations({ os, devices }: CompleteDomain, launch: Launch): Preparations {
  const tpms = devices.tpm
    .filter((tpm) => tpm.backend.type === 'emulator')
    .map((tpm) => ({ tpm, socket: launch.run.tpmSocket(tpm) }));
  const passt = devices.interface.flatMap((card) => {
    if (card.type !== 'user' || card.backend?.type !== 'passt') return [];
    const socket = launch.network.passtSocket?.(card);
    return socket === undefined ? [] : [{ card, socket }];
  });
  const virtiofs = devices.filesystem.flatMap((folder) => {
    if (!isVirtiofs(folder) || ('socket' in folder.source && folder.source.socket !== undefined)) return [];
    const socket = launch.virtiofsSocket?.(folder);
    return socket === undefined ? [] : [{ folder, socket }];
  });
  const sockets = [
    launch.monitorSocket,
    ...tpms.map((item) => item.socket),
    ...passt.map((item) => item.socket),
    ...virtiofs.map((item) => item.socket),
    ...devices.graphics.flatMap((display) =>
      display.type === 'vnc' || display.type === 'spice'
        ? display.listens.flatMap((listen) => (listen.type === 'socket' ? [listen.socket ?? ''] : []))
        : [],
    ),
    ...[...devices.serial, ...devices.parallel, ...devices.channel, ...devices.console].flatMap((device) =>
      device.type === 'unix' && device.source?.mode === 'bind' ? [device.source.path ?? ''] : [],
    ),
  ];
  const folders = [...new Set(sockets.filter((path) => path.startsWith('/')).map((path) => dirname(path)))];
  const path = os.loader?.type === 'pflash' && os.nvram?.source === undefined ? os.nvram?.value : undefined;
  const template = os.nvram?.template;
  return {
    folders,
    tpms,
    passt,
    virtiofs,
    ...(path === undefined ? {} : { nvram: { path, ...(template === undefined ? {} : { template }) } }),
  };
}
