/** What devices and settings are called, and what they are in a line. */
import type { Disk, Domain, Interface } from '../../../src-shared/model/domain/index.ts';
import { t, textOf } from '../../app/i18n.ts';
import { type Forward, forwardsOf } from './edit/cards.ts';
import { diskPlace } from './edit/disks.ts';
import { cpuChoiceOf, vcpusOf } from './edit/processor.ts';

export const baseName = (path: string): string => path.split('/').at(-1) ?? path;

export const busName = (bus: string | undefined): string =>
  bus === undefined ? '' : textOf(`create:bus.${bus}`, bus.toUpperCase());

export const joined = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== false && part !== '').join(' · ');

export function diskName(disk: Disk): string {
  return t(`machine:disk.${disk.device}`, { name: disk.target.dev });
}

export function diskDetail(disk: Disk): string {
  const place = diskPlace(disk);
  return joined(
    busName(disk.target.bus),
    disk.device === 'disk' && disk.driver?.type,
    place === undefined ? t('machine:disk.empty') : baseName(place),
  );
}

export function cardName(card: Interface): string {
  return textOf(`machine:card.type.${card.type}`, card.type);
}

export const forwardWords = ({ protocol, hostAddress, hostPort, guestPort }: Forward): string =>
  `${protocol.toUpperCase()} ${hostAddress === undefined ? '' : `${hostAddress}:`}${hostPort} → ${guestPort}`;

export function cardDetail(card: Interface): string {
  const model = card.model?.type;
  const count = forwardsOf(card).length;
  return joined(
    model === undefined ? undefined : textOf(`create:netModel.${model}`, model),
    card.mac?.address,
    count > 0 && t('create:network.count', { count }),
    card.link?.state === 'down' && t('machine:card.down'),
  );
}

export function cpuWords(domain: Domain): string {
  const choice = cpuChoiceOf(domain);
  return choice === '' ? t('machine:processor.model.default') : textOf(`machine:processor.model.${choice}`, choice);
}

export function topologyWords(domain: Domain): string | undefined {
  const topology = domain.cpu?.topology;
  if (topology === undefined) return undefined;
  const { sockets, cores, threads } = topology;
  return joined(
    t('machine:processor.sockets', { count: sockets }),
    t('machine:processor.cores', { count: cores }),
    threads > 1 && t('machine:processor.threads', { count: threads }),
  );
}

export function vcpuWords(domain: Domain): string {
  const { maximum, current } = vcpusOf(domain);
  return current === maximum
    ? t('machine:processor.count', { count: maximum })
    : t('machine:processor.countOf', { current, count: maximum });
}

/** `pc-q35-7.2` in words, with its version. */
export function machineWords(machine: string | undefined): string {
  if (machine === undefined) return '–';
  if (machine.includes('q35')) return `Q35 (${machine})`;
  if (/^pc(?:-i440fx.*)?$/.test(machine)) return `i440FX (${machine})`;
  return machine;
}
